"""Bodies are read strictly: what two parsers could read differently is refused."""

import base64
import json

import pytest

from gatehouse.domain.errors import GatehouseError, Malformed, TooLarge, UnsupportedMediaType
from gatehouse.http.reading import (
    LARGEST,
    form_of,
    json_object_of,
    media_type_of,
    pointer,
    text_of,
)

JSON = "application/json"


def encoded(raw: bytes) -> dict[str, object]:
    return {"body": base64.b64encode(raw).decode(), "isBase64Encoded": True}


def test_a_body_is_text_encoded_or_not_and_may_be_missing() -> None:
    assert text_of({"body": "{}"}, {}) == "{}"
    assert text_of(encoded("{é}".encode()), {}) == "{é}"
    assert text_of({}, {}) == text_of({"body": None}, {"content-encoding": ""}) == ""
    assert text_of({"body": "{}"}, {"content-encoding": " Identity "}) == "{}"


@pytest.mark.parametrize(
    "event",
    [
        {"body": "a" * (LARGEST + 1)},
        {"body": "é" * (LARGEST // 2 + 1)},
        encoded(b"a" * (LARGEST + 1)),
        encoded(b"a" * (LARGEST + 100)),
    ],
)
def test_a_body_over_256_kb_is_too_large(event: dict[str, object]) -> None:
    with pytest.raises(TooLarge):
        text_of(event, {})


@pytest.mark.parametrize(
    "event", [{"body": "a" * LARGEST}, {"body": "é" * (LARGEST // 2)}, encoded(b"a" * LARGEST)]
)
def test_a_body_of_just_256_kb_is_not(event: dict[str, object]) -> None:
    assert text_of(event, {})


@pytest.mark.parametrize(
    ("event", "headers", "error"),
    [
        ({"body": "x"}, {"content-encoding": "gzip"}, UnsupportedMediaType),
        (encoded(b"\xff\xfe"), {}, Malformed),
        ({"body": "not base64!", "isBase64Encoded": True}, {}, Malformed),
        ({"body": "\ud800"}, {}, Malformed),
    ],
)
def test_what_is_no_text_is_refused(
    event: dict[str, object], headers: dict[str, str], error: type[GatehouseError]
) -> None:
    with pytest.raises(error):
        text_of(event, headers)


def test_the_media_type_is_without_its_parameters() -> None:
    assert media_type_of({"content-type": "Application/JSON; charset=utf-8"}) == JSON
    assert media_type_of({}) == ""


def test_a_json_object_is_read() -> None:
    for charset in ("utf-8", "utf8", ""):
        assert json_object_of('{"a": [1, {"b": null}]}', JSON, charset) == {"a": [1, {"b": None}]}


@pytest.mark.parametrize(
    ("media_type", "charset"), [("", "utf-8"), ("text/plain", "utf-8"), (JSON, "latin-1")]
)
def test_only_json_in_utf_8_is_read(media_type: str, charset: str) -> None:
    with pytest.raises(UnsupportedMediaType):
        json_object_of("{}", media_type, charset)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '"a"',
        "null",
        "{'a': 1}",
        '{"a": NaN}',
        '{"a": -Infinity}',
        '{"a": 1, "a": 1}',
        '{"b": {"a": 1, "a": 2}}',
        '{"a": "\\ud800"}',
        '{"a": ' + "9" * 5_000 + "}",
        '{"a": ' + "[" * 64 + "]" * 64 + "}",
        '{"a": ' + "[" * 100_000 + "]" * 100_000 + "}",
        "\ufeff{}",
    ],
)
def test_what_is_no_plain_json_object_is_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        json_object_of(text, JSON)


def test_a_field_named_twice_is_pointed_at() -> None:
    with pytest.raises(Malformed) as refused:
        json_object_of('{"a/b": 1, "c": 2, "a/b": 3}', JSON)
    assert [field.pointer for field in refused.value.fields] == ["/a~1b"]


def test_some_depth_is_fine() -> None:
    assert json_object_of(json.dumps({"a": [[[[{"b": 1}]]]]}), JSON)


def test_a_form_is_read() -> None:
    assert form_of("a=1&b=&c=%C3%A9+d") == {"a": "1", "b": "", "c": "é d"}
    assert form_of("") == {}


@pytest.mark.parametrize("text", ["a", "a=%ff", "&&", "=1&x", "a=1&a=2"])
def test_what_is_no_form_is_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        form_of(text)


def test_a_json_pointer_escapes_and_cuts() -> None:
    assert pointer("a/b", 0, "c~d") == "/a~1b/0/c~0d"
    assert len(pointer("x" * 1_000)) == 101
