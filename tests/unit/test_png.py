"""A logo is a still PNG, and of the file nothing is kept but the picture."""

import random
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatehouse.domain.png import LARGEST, WIDEST, clean
from tests.support.pictures import SIGNATURE, a_png, chunk, header, rows

SCRIPT = b"<script>alert(1)</script>"


def test_a_picture_stays_the_picture() -> None:
    cleaned = clean(a_png(WIDEST, WIDEST))
    assert cleaned.startswith(SIGNATURE + header(WIDEST, WIDEST))
    packed = cleaned[len(SIGNATURE) + 25 + 8 : -12 - 4]
    assert zlib.decompress(packed) == rows(WIDEST, WIDEST)
    assert clean(cleaned) == cleaned


def test_nothing_is_kept_but_what_makes_the_picture() -> None:
    besides = [
        chunk(b"tEXt", b"Comment\x00" + SCRIPT),
        chunk(b"zTXt", b"Comment\x00\x00" + zlib.compress(SCRIPT)),
        chunk(b"eXIf", b"MM\x00*" + SCRIPT),
        chunk(b"iCCP", b"x\x00\x00" + zlib.compress(SCRIPT)),
        chunk(b"prVt", b"PK\x03\x04" + SCRIPT),
        chunk(b"PLTE", b"abc"),
    ]
    assert clean(a_png(4, 3, *besides)) == clean(a_png(4, 3))


def test_a_file_that_is_also_something_else_is_not_any_more() -> None:
    # A script within packed pixels that are not packed at all (stored blocks), and a second file.
    stored = zlib.compress(rows(30, 8, SCRIPT[:3]), 0)
    picture = SIGNATURE + header(30, 8) + chunk(b"IDAT", stored) + chunk(b"IEND")
    assert SCRIPT[:3] * 30 in picture
    assert SCRIPT[:3] * 30 not in clean(picture)
    with pytest.raises(ValueError, match="nothing behind its end"):
        clean(a_png(after=b"PK\x05\x06" + b"\x00" * 18))
    with pytest.raises(ValueError, match="nothing behind its end"):
        clean(a_png(after=SCRIPT))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<?xml version='1.0'?><svg/>",
        b"GIF89a\x01\x00\x01\x00\x00\x00\x00;",
        b"\xff\xd8\xff\xe0JFIF",
        b"RIFF\x00\x00\x00\x00WEBP",
        SCRIPT,
        b" " + a_png(),
        SIGNATURE[:-1],
    ],
)
def test_what_is_no_png_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="must be a PNG file"):
        clean(content)


@pytest.mark.parametrize("size", [(WIDEST + 1, 1), (1, WIDEST + 1), (0, 1), (2**31 - 1, 2**31 - 1)])
def test_a_picture_has_a_size_that_can_be_shown(size: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="at most 512 pixels wide"):
        clean(SIGNATURE + header(*size) + chunk(b"IDAT", zlib.compress(b"\x00")) + chunk(b"IEND"))


def test_pixels_that_unpack_to_more_than_the_size_are_not_unpacked() -> None:
    bomb = zlib.compress(b"\x00" * 50_000_000, 9)
    with pytest.raises(ValueError, match="damaged"):
        clean(SIGNATURE + header(4, 3) + chunk(b"IDAT", bomb) + chunk(b"IEND"))


def test_a_moving_picture_is_refused() -> None:
    for name in (b"acTL", b"fcTL", b"fdAT"):
        with pytest.raises(ValueError, match="must be a still picture"):
            clean(a_png(4, 3, chunk(name, b"\x00" * 8)))


def test_a_large_file_is_refused() -> None:
    with pytest.raises(ValueError, match="at most 100 KB"):
        clean(a_png(4, 3, chunk(b"tEXt", b"x" * LARGEST)))


def test_a_file_that_is_large_once_it_is_written_anew_is_refused() -> None:
    """Noise that was stored as it is takes a little more when it is packed."""
    noise = random.Random(1)
    pixels = b"".join(b"\x00" + noise.randbytes(3 * 135) for _ in range(252))
    packed = chunk(b"IDAT", zlib.compress(pixels, 0))
    content = _whole(header(135, 252), packed, _IEND)
    assert len(content) <= LARGEST
    with pytest.raises(ValueError, match="at most 100 KB"):
        clean(content)


def _whole(*chunks: bytes) -> bytes:
    return SIGNATURE + b"".join(chunks)


_IDAT = chunk(b"IDAT", zlib.compress(rows(4, 3)))
_IEND = chunk(b"IEND")


@pytest.mark.parametrize(
    "content",
    [
        _whole(),
        _whole(header(4, 3)),
        _whole(header(4, 3), _IEND),
        _whole(header(4, 3), _IDAT),
        _whole(_IDAT, header(4, 3), _IEND),
        _whole(header(4, 3), header(4, 3), _IDAT, _IEND),
        _whole(header(4, 3), _IDAT[:-1] + b"\x00", _IEND),
        _whole(header(4, 3), struct.pack(">I", 2**31) + b"IDAT", _IEND),
        _whole(chunk(b"IHDR", b"\x00" * 12), _IDAT, _IEND),
        _whole(header(4, 3, depth=3), _IDAT, _IEND),
        _whole(header(4, 3, colour=5), _IDAT, _IEND),
        _whole(header(4, 3, interlacing=2), _IDAT, _IEND),
        _whole(header(4, 4), _IDAT, _IEND),
        _whole(header(4, 2), _IDAT, _IEND),
        _whole(header(4, 3), chunk(b"IDAT", b"no zlib"), _IEND),
        _whole(header(4, 3), chunk(b"IDAT", zlib.compress(rows(4, 3)) + b"more"), _IEND),
        _whole(header(4, 3), chunk(b"IDAT", zlib.compress(rows(4, 3))[:-4]), _IEND),
        _whole(header(4, 3), chunk(b"IDAT", zlib.compress(b"\x05" + rows(4, 3)[1:])), _IEND),
        _whole(header(4, 3, colour=3), chunk(b"IDAT", zlib.compress(b"\x00" * 15)), _IEND),
        _whole(
            header(4, 3, colour=3),
            chunk(b"PLTE", b"ab"),
            chunk(b"IDAT", zlib.compress(b"\x00" * 15)),
            _IEND,
        ),
        _whole(header(4, 3), chunk(b"tRNS", b"\x00" * 5), _IDAT, _IEND),
        _whole(
            header(4, 3), chunk(b"tRNS", b"\x00" * 6), chunk(b"tRNS", b"\x00" * 6), _IDAT, _IEND
        ),
    ],
)
def test_a_damaged_file_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="damaged"):
        clean(content)


def test_an_interlaced_picture_is_refused_with_the_repair() -> None:
    with pytest.raises(ValueError, match="without interlacing"):
        clean(_whole(header(4, 3, interlacing=1), _IDAT, _IEND))


def test_a_palette_and_what_shows_through_are_kept() -> None:
    palette, through = chunk(b"PLTE", b"\x00\x00\x00\xff\xff\xff"), chunk(b"tRNS", b"\x00")
    indexed = chunk(b"IDAT", zlib.compress(b"\x00\x50" * 3))
    cleaned = clean(_whole(header(4, 3, depth=1, colour=3), palette, through, indexed, _IEND))
    assert palette + through in cleaned
    assert (
        clean(_whole(header(4, 3), chunk(b"tRNS", b"\x00" * 6), _IDAT, _IEND)).count(b"tRNS") == 1
    )
    grey = chunk(b"IDAT", zlib.compress((b"\x00" + b"\x00" * 8) * 3))
    alpha = _whole(header(4, 3, colour=4), chunk(b"tRNS", b"\x00\x00"), grey, _IEND)
    assert b"tRNS" not in clean(alpha)


@given(st.binary(max_size=200), st.integers(0, 120))
def test_whatever_comes_is_a_picture_or_refused(noise: bytes, at: int) -> None:
    picture = a_png()
    for content in (SIGNATURE + noise, picture[:at] + noise + picture[at:], picture[:at]):
        try:
            cleaned = clean(content)
        except ValueError:
            continue
        assert clean(cleaned) == cleaned
