"""A ZIP archive put together from pieces that were compressed apart (PKWARE APPNOTE 6.3.10).

Deflate (RFC 1951) lets a stream end on a byte without ending: so a file's pieces, each compressed
when its rows were read, need only be set behind each other. What the archive must know of a file,
its sizes and its CRC-32, goes on from piece to piece and is small enough to be kept between steps.
Sizes beyond 32 bits stand in ZIP64 fields, which are there only where they are needed.
"""

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

LAST_PIECE: Final = b"\x03\x00"
"""An empty last block, which ends a deflated stream."""
_LEAST: Final = 0xFFFFFFFF
_VERSION: Final = 45
_UTF_8: Final = 1 << 11
_DEFLATED: Final = 8


@dataclass(frozen=True, slots=True)
class Packed:
    """What is known of one file of an archive so far; sizes in bytes."""

    name: str
    crc: int = 0
    size: int = 0
    packed_size: int = 0

    def add(self, content: bytes) -> tuple["Packed", bytes]:
        """Return the file with more content, and the piece that carries it."""
        deflate = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
        piece = deflate.compress(content) + deflate.flush(zlib.Z_FULL_FLUSH)
        grown = replace(
            self,
            crc=zlib.crc32(content, self.crc),
            size=self.size + len(content),
            packed_size=self.packed_size + len(piece),
        )
        return grown, piece

    @property
    def stored_size(self) -> int:
        """Return how long the pieces are in the archive, the last one included."""
        return self.packed_size + len(LAST_PIECE)


def header_of(file: Packed, made_at: datetime) -> bytes:
    """Return what stands in front of a file's pieces; :data:`LAST_PIECE` follows them."""
    name = file.name.encode()
    far = _is_far(file)
    extra = struct.pack("<HHQQ", 1, 16, file.size, file.stored_size) if far else b""
    return b"".join(
        (
            struct.pack("<4sHHH", b"PK\x03\x04", _VERSION, _UTF_8, _DEFLATED),
            _moment(made_at),
            struct.pack(
                "<LLLHH",
                file.crc,
                _LEAST if far else file.stored_size,
                _LEAST if far else file.size,
                len(name),
                len(extra),
            ),
            name,
            extra,
        )
    )


def directory_of(files: Iterable[Packed], made_at: datetime) -> bytes:
    """Return what ends an archive of these files, which stand in it in this order."""
    entries: list[bytes] = []
    offset = 0
    for file in files:
        entries.append(_entry_of(file, offset, made_at))
        offset += len(header_of(file, made_at)) + file.stored_size
    directory = b"".join(entries)
    count, size = len(entries), len(directory)
    if offset + size < _LEAST:
        return directory + _end(count, size, offset)
    far = struct.pack(
        "<4sQHHLLQQQQ", b"PK\x06\x06", 44, _VERSION, _VERSION, 0, 0, count, count, size, offset
    )
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, offset + size, 1)
    return directory + far + locator + _end(count, _LEAST, _LEAST)


def size_of(files: Iterable[Packed], made_at: datetime) -> int:
    """Return how long the archive of these files is."""
    files = tuple(files)
    bodies = sum(len(header_of(file, made_at)) + file.stored_size for file in files)
    return bodies + len(directory_of(files, made_at))


def _entry_of(file: Packed, offset: int, made_at: datetime) -> bytes:
    name = file.name.encode()
    far = _is_far(file) or offset >= _LEAST
    sizes = (file.size, file.stored_size, offset)
    extra = struct.pack("<HHQQQ", 1, 24, *sizes) if far else b""
    return b"".join(
        (
            struct.pack("<4sHHHH", b"PK\x01\x02", _VERSION, _VERSION, _UTF_8, _DEFLATED),
            _moment(made_at),
            struct.pack(
                "<LLLHHHHHLL",
                file.crc,
                _LEAST if far else file.stored_size,
                _LEAST if far else file.size,
                len(name),
                len(extra),
                0,
                0,
                0,
                0,
                _LEAST if far else offset,
            ),
            name,
            extra,
        )
    )


def _end(count: int, size: int, offset: int) -> bytes:
    return struct.pack("<4sHHHHLLH", b"PK\x05\x06", 0, 0, count, count, size, offset, 0)


def _is_far(file: Packed) -> bool:
    return max(file.size, file.stored_size) >= _LEAST


def _moment(moment: datetime) -> bytes:
    """Return a moment as archives have it, to two seconds (of UTC: they name no zone)."""
    time = moment.hour << 11 | moment.minute << 5 | moment.second // 2
    day = (moment.year - 1980) << 9 | moment.month << 5 | moment.day
    return struct.pack("<HH", time, day)
