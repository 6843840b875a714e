"""Objects of the archive's bucket: found by their names, read in part, and never half."""

from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws

from gatehouse.domain.errors import FilesUnavailable
from gatehouse.store.objects import ObjectGone
from tests.support.archive import CountedObjects


@pytest.fixture
def objects() -> Iterator[CountedObjects]:
    with mock_aws():
        yield CountedObjects()


def test_a_part_is_read_by_its_place(objects: CountedObjects) -> None:
    objects.put("a/b", b"0123456789")
    assert objects.read("a/b", 3, 4) == b"3456"
    assert objects.read("a/b", 9, 4) == b"9"
    for name, place in (("a/b", 10), ("a/c", 0)):
        with pytest.raises(ObjectGone):
            objects.read(name, place, 4)


def test_names_are_all_that_begin_so_however_many(objects: CountedObjects) -> None:
    for number in range(5):
        objects.put(f"a/{number}", b"x")
    objects.put("b/1", b"x")
    real = objects.s3.list_objects_v2
    objects.s3.list_objects_v2 = lambda **asked: real(**asked, MaxKeys=2)
    assert list(objects.names("a/")) == [f"a/{number}" for number in range(5)]
    assert list(objects.names("c/")) == []


def test_deleting_what_is_not_there_is_done(objects: CountedObjects) -> None:
    objects.put("a", b"x")
    objects.delete("a")
    objects.delete("a")
    assert list(objects.names("")) == []


def test_an_answer_that_is_not_s3s_is_none(objects: CountedObjects) -> None:
    def page_of_a_proxy(*_: Any, **__: Any) -> dict[str, Any]:
        return {"ResponseMetadata": {"HTTPStatusCode": 200}}

    objects.s3._make_api_call = page_of_a_proxy
    for call in (
        lambda: objects.put("a", b"x"),
        lambda: objects.read("a", 0, 1),
        lambda: list(objects.names("a")),
        lambda: objects.delete("a"),
    ):
        with pytest.raises(FilesUnavailable):
            call()
