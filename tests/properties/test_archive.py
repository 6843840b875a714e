"""An archive put together from pieces is one that every reader of ZIP files opens."""

import io
import struct
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from gatehouse.domain.archive import LAST_PIECE, Packed, directory_of, header_of, size_of

MADE_AT = datetime(2026, 11, 21, 22, 43, 2, tzinfo=UTC)
NAMES = st.text(st.sampled_from("abé-_/."), min_size=1, max_size=8)
FILES = st.dictionaries(NAMES, st.lists(st.binary(max_size=200), max_size=4), max_size=4)


def made(files: Mapping[str, list[bytes]]) -> tuple[bytes, list[Packed]]:
    """Put an archive together, piece by piece."""
    written, known = b"", []
    for name, contents in files.items():
        file, pieces = Packed(name), []
        for content in contents:
            file, piece = file.add(content)
            pieces.append(piece)
        written += header_of(file, MADE_AT) + b"".join(pieces) + LAST_PIECE
        known.append(file)
    return written + directory_of(known, MADE_AT), known


@given(FILES)
def test_what_was_put_in_comes_out(files: dict[str, list[bytes]]) -> None:
    content, known = made(files)
    assert len(content) == size_of(known, MADE_AT)
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        assert opened.testzip() is None
        assert opened.namelist() == list(files)
        for name, contents in files.items():
            assert opened.read(name) == b"".join(contents)
            assert opened.getinfo(name).date_time == (2026, 11, 21, 22, 43, 2)


def test_sizes_that_take_more_than_32_bits_stand_in_fields_of_64() -> None:
    """Such a file is too large for a test: the places where its sizes stand are looked at."""
    large = Packed("log.csv", 7, 5 * 2**32, 3 * 2**32)
    files = [large, Packed("after.csv")]
    header = header_of(large, MADE_AT)
    assert struct.unpack("<LL", header[18:26]) == (0xFFFFFFFF, 0xFFFFFFFF)
    assert struct.unpack("<HHQQ", header[-20:]) == (1, 16, large.size, large.stored_size)
    directory = directory_of(files, MADE_AT)
    end = directory.index(b"PK\x06\x06")
    count, size, offset = struct.unpack("<QQQ", directory[end + 32 : end + 56])
    assert (count, size, offset + len(directory)) == (2, end, size_of(files, MADE_AT))
    # A reader of archives finds both files where they begin, whatever lies between.
    with SparseArchive(directory, offset) as sparse, zipfile.ZipFile(sparse) as opened:
        found = [
            (i.filename, i.file_size, i.compress_size, i.header_offset) for i in opened.filelist
        ]
    assert found == [
        ("log.csv", large.size, large.stored_size, 0),
        ("after.csv", 0, len(LAST_PIECE), len(header) + large.stored_size),
    ]


class SparseArchive(io.BytesIO):
    """The end of an archive whose files are not there."""

    def __init__(self, directory: bytes, offset: int) -> None:
        super().__init__(directory)
        self._offset = offset

    def seek(self, position: int, whence: int = 0) -> int:
        return self._offset + super().seek(position - (0 if whence else self._offset), whence)

    def tell(self) -> int:
        return self._offset + super().tell()
