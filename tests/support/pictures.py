"""PNG files, right ones and hostile ones, put together chunk by chunk."""

import struct
import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(name: bytes, data: bytes = b"") -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def header(width: int, height: int, depth: int = 8, colour: int = 2, interlacing: int = 0) -> bytes:
    return chunk(b"IHDR", struct.pack(">II5B", width, height, depth, colour, 0, 0, interlacing))


def rows(width: int, height: int, pixel: bytes = b"\x0b\x5c\xad") -> bytes:
    """Return unfiltered rows of one colour."""
    return (b"\x00" + pixel * width) * height


def a_png(
    width: int = 4, height: int = 3, *before: bytes, pixels: bytes | None = None, after: bytes = b""
) -> bytes:
    """Return a picture of one colour, with chunks before its pixels and bytes behind its end."""
    packed = zlib.compress(rows(width, height) if pixels is None else pixels)
    parts = (header(width, height), *before, chunk(b"IDAT", packed), chunk(b"IEND"), after)
    return SIGNATURE + b"".join(parts)
