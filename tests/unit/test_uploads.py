"""A form in parts is read as it was sent, byte by byte, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatehouse.domain.errors import Malformed
from gatehouse.http.uploads import parts_of

TYPE = "multipart/form-data; boundary=JOINT"


def part(disposition: str, content: bytes, more: str = "") -> bytes:
    head = f"--JOINT\r\nContent-Disposition: form-data; {disposition}\r\n{more}\r\n"
    return head.encode() + content + b"\r\n"


END = b"--JOINT--\r\n"


@given(
    st.binary(max_size=300).filter(lambda content: b"--JOINT" not in content), st.text(max_size=50)
)
def test_a_file_comes_as_it_was_sent(content: bytes, text: str) -> None:
    words = "".join(text.split("\r")).replace("--JOINT", "").encode("utf-8", "replace")
    body = part('name="colour"', words) + part('name="logo"; filename="a.png"', content) + END
    fields, files = parts_of(body, TYPE)
    assert files == {"logo": content}
    assert fields == {"colour": words.decode()}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        END,
        part('name="a"', b"1"),
        part('name="a"', b"1") + part('name="a"', b"2") + END,
        part('name="a"', b"1") + part('name="a"; filename="x"', b"2") + END,
        part("", b"1") + END,
        part('name="a"', b"\xff\xfe") + END,
        part('name="a"', b"", "Content-Type: multipart/mixed; boundary=I\r\n") + END,
        part('name="a"', b"--I\r\n\r\nx\r\n--I--", "Content-Type: multipart/mixed; boundary=I\r\n")
        + END,
    ],
)
def test_a_form_that_could_be_read_two_ways_is_not_read(body: bytes) -> None:
    with pytest.raises(Malformed):
        parts_of(body, TYPE)


@pytest.mark.parametrize(
    "content_type", ["multipart/form-data", "multipart/form-data; boundary=", "text/plain"]
)
def test_a_form_without_joints_is_not_read(content_type: str) -> None:
    with pytest.raises(Malformed):
        parts_of(part('name="a"', b"1") + END, content_type)
