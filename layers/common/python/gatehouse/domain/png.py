"""A logo: a still PNG (W3C PNG, third edition), taken apart and written anew.

What comes in is somebody's file, and what goes out is shown on pages of others. So nothing is
kept but what makes a picture: its size, its palette, its pixels. Text, profiles, moving parts and
whatever stands before, between or after go; the pixels are unpacked, counted, and packed by us.
A file that is a PNG to one reader and something else to another is one thing here.
"""

import struct
import zlib
from collections.abc import Iterator
from typing import Final

LARGEST: Final = 100 * 1024
"""Bytes of a file, as it comes and as it is kept."""
WIDEST: Final = 512
"""Pixels of a side."""

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_DEPTHS: Final = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
"""Bits of a sample by colour type."""
_SAMPLES: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_PALETTE: Final = 3
_MOVING: Final = frozenset({b"acTL", b"fcTL", b"fdAT"})
_TRANSPARENT: Final = {0: 2, 2: 6}
"""Bytes of tRNS by colour type, where it names one colour."""
_NO_PNG: Final = "must be a PNG file"
_BROKEN: Final = "must be a whole PNG file; this one is damaged"


def clean(content: bytes) -> bytes:
    """Return the picture of a PNG file and nothing else of it.

    Raises ValueError, which completes the sentence "The logo …".
    """
    if len(content) > LARGEST:
        raise ValueError(f"must have at most {LARGEST // 1024} KB")
    if not content.startswith(_SIGNATURE):
        raise ValueError(_NO_PNG)
    chunks = list(_chunks(content))
    names = [name for name, _ in chunks]
    if names[0] != b"IHDR" or names.count(b"IHDR") != 1 or b"IDAT" not in names:
        raise ValueError(_BROKEN)
    if _MOVING.intersection(names):
        raise ValueError("must be a still picture")
    header = chunks[0][1]
    width, height, depth, colour = _size(header)
    row = (width * depth * _SAMPLES[colour] + 7) // 8 + 1
    pixels = _unpacked(b"".join(data for name, data in chunks if name == b"IDAT"), row, height)
    kept = [_chunk(b"IHDR", header)]
    kept += [_chunk(b"PLTE", palette) for palette in _palette(chunks, colour, depth)]
    kept += [_chunk(b"tRNS", data) for data in _transparency(chunks, colour)]
    kept += [_chunk(b"IDAT", zlib.compress(pixels, 9)), _chunk(b"IEND", b"")]
    written = _SIGNATURE + b"".join(kept)
    if len(written) > LARGEST:
        raise ValueError(f"must have at most {LARGEST // 1024} KB")
    return written


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Go through the chunks to the end, which is the file's."""
    at = len(_SIGNATURE)
    while True:
        if len(content) < at + 12:
            raise ValueError(_BROKEN)
        length, name = struct.unpack_from(">I4s", content, at)
        end = at + 12 + length
        if end > len(content):
            raise ValueError(_BROKEN)
        data = content[at + 8 : end - 4]
        if struct.unpack_from(">I", content, end - 4)[0] != zlib.crc32(name + data):
            raise ValueError(_BROKEN)
        yield name, data
        if name == b"IEND":
            if length or end != len(content):
                raise ValueError("must be a PNG file with nothing behind its end")
            return
        at = end


def _size(header: bytes) -> tuple[int, int, int, int]:
    if len(header) != 13:
        raise ValueError(_BROKEN)
    width, height, depth, colour, packing, filtering, interlacing = struct.unpack(">II5B", header)
    if depth not in _DEPTHS.get(colour, ()) or packing or filtering or interlacing > 1:
        raise ValueError(_BROKEN)
    if not (0 < width <= WIDEST and 0 < height <= WIDEST):
        raise ValueError(f"must be at most {WIDEST} pixels wide and {WIDEST} pixels high")
    if interlacing:
        raise ValueError("must be saved without interlacing")
    return width, height, depth, colour


def _unpacked(packed: bytes, row: int, height: int) -> bytes:
    """Unpack the pixels, and never more of them than the size allows."""
    expected = row * height
    reader = zlib.decompressobj()
    try:
        pixels = reader.decompress(packed, expected + 1)
    except zlib.error:
        raise ValueError(_BROKEN) from None
    if len(pixels) != expected or not reader.eof or reader.unused_data:
        raise ValueError(_BROKEN)
    if any(pixels[at] > 4 for at in range(0, expected, row)):  # the filter of each row
        raise ValueError(_BROKEN)
    return pixels


def _palette(chunks: list[tuple[bytes, bytes]], colour: int, depth: int) -> list[bytes]:
    if colour != _PALETTE:
        return []
    found = [data for name, data in chunks if name == b"PLTE"]
    if len(found) != 1 or len(found[0]) % 3 or not 3 <= len(found[0]) <= 3 * 2**depth:
        raise ValueError(_BROKEN)
    return found


def _transparency(chunks: list[tuple[bytes, bytes]], colour: int) -> list[bytes]:
    found = [data for name, data in chunks if name == b"tRNS"]
    if not found or colour not in {*_TRANSPARENT, _PALETTE}:
        return []
    entries = sum(len(data) // 3 for name, data in chunks if name == b"PLTE")
    right = len(found[0]) == _TRANSPARENT.get(colour) or (
        colour == _PALETTE and 0 < len(found[0]) <= entries
    )
    if len(found) != 1 or not right:
        raise ValueError(_BROKEN)
    return found


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
