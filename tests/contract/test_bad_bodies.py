"""Whatever is wrong with a body: a 4xx that names the field, and nothing changed."""

import base64
import gzip
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.document import document
from tests.support.ills import Ill, ills
from tests.support.proof import Proof
from tests.support.stage import Stage, on_stage
from tests.support.trials import sample, trials

TAKES_JSON = [
    f"{method.upper()} {path}"
    for path, item in document()["paths"].items()
    for method, operation in item.items()
    if method != "parameters"
    and "application/json" in operation.get("requestBody", {}).get("content", {})
]
TAKES_NO_FIELDS = {
    key
    for key in TAKES_JSON
    if key.rpartition("/")[2] in {"resend", "revoke", "accept", "leave", "exports", "invitation"}
    or "{group_id}/" in key
    or "/blocked-hosts/" in key
}
IN_PLACE = "POST /access/v1/evaluations"
TAKES_FIELDS = [key for key in TAKES_JSON if key not in {*TAKES_NO_FIELDS, IN_PLACE}]


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with on_stage() as stage:
        yield stage


def test_every_route_that_takes_fields_is_tried(stage: Stage) -> None:
    assert set(TAKES_FIELDS) == stage.bodies.keys()


@pytest.mark.parametrize("route_key", TAKES_FIELDS)
@settings(max_examples=trials(1_000))
@given(data=st.data())
def test_a_field_that_is_wrong_is_named(
    stage: Stage, proof: Proof, route_key: str, data: st.DataObject
) -> None:
    ill: Ill = data.draw(ills(route_key, stage.bodies[route_key]))
    reply = stage.send(route_key, ill.text)
    said = f"{ill.what} at {ill.pointer or 'the top'} of {route_key}: {reply}"
    assert reply.status in {400, 422}, said
    assert reply.headers["content-type"] == "application/problem+json", said
    if ill.pointer:
        pointers = [error["pointer"] for error in reply.json.get("errors", ())]
        expected = ill.pointer.partition("/a\x00")[0]
        assert any(one.startswith(expected) for one in pointers), said
    proof.count("bodies with one fault", "requests", "400 or 422 that names the field")


def _nested(depth: int) -> str:
    return '{"a":' * depth + "1" + "}" * depth


UNREADABLE = {
    "10,000 objects deep": _nested(10_000),
    "10,000 lists deep": '{"a":' + "[" * 10_000 + "]" * 10_000 + "}",
    "900 deep": _nested(900),
    "65 deep": _nested(65),
    "cut off": '{"name": "x"',
    "twice the same name": '{"name": "x", "name": "y"}',
    "twice the same name, hidden": '{"\\ud800": 1, "\\ud800": 2}',
    "twice the same name below": '{"name": {"\\u202e": 1, "\\u202e": 2}}',
    "no number": '{"name": NaN}',
    "infinity": '{"name": Infinity}',
    "less than infinity": '{"name": -Infinity}',
    "a number of 5,000 digits": f'{{"name": {"9" * 5_000}}}',
    "a number beyond all": '{"name": 1e999}',
    "half a pair": '{"name": "a\\ud800"}',
    "half a pair as a name": '{"\\udfff": 1}',
    "half a pair in a list": '{"name": [{"x": "\\udc00\\ud800"}]}',
    "a byte order mark": '\ufeff{"name": "x"}',
    "a comment": '{"name": "x"} // really',
    "two documents": '{"name": "x"}{"name": "y"}',
    "single quotes": "{'name': 'x'}",
    "a list": "[]",
    "a string": '"name"',
    "null": "null",
    "spaces": " \n\t ",
    "a form": "name=x",
}


def test_no_reader_of_bodies_reads_what_is_no_json_object(stage: Stage) -> None:
    for route_key in ("POST /groups", "POST /activities", "POST /access/v1/evaluation", IN_PLACE):
        for what, text in UNREADABLE.items():
            assert stage.send(route_key, text).status == 400, f"{what} to {route_key}"


@pytest.mark.parametrize("route_key", TAKES_FIELDS)
def test_what_is_no_json_object_is_refused(stage: Stage, route_key: str) -> None:
    for what, text in sample([*UNREADABLE.items()], least=5):
        if what == "spaces" and route_key.endswith("/decline"):
            continue
        reply = stage.send(route_key, text)
        assert reply.status == 400, f"{what}: {reply}"
        assert reply.slug == "malformed-request"


@pytest.mark.parametrize(
    ("text", "pointer"),
    [
        ('{"name": "x", "name": "y"}', "/name"),
        ('{"a/b": 1, "a/b": 2}', "/a~1b"),
        ('{"name": "a\\ud800"}', "/name"),
        ('{"list": [{"x": "\\udc00"}]}', "/list/0/x"),
    ],
)
def test_what_no_reader_should_see_is_named_where_it_can_be(
    stage: Stage, text: str, pointer: str
) -> None:
    reply = stage.send("POST /groups", text)
    assert [error["pointer"] for error in reply.json["errors"]] == [pointer]


OTHERS: list[dict[str, str]] = [
    {"content-type": "text/plain"},
    {"content-type": "application/jsonx"},
    {"content-type": "application/json; charset=utf-16"},
    {"content-type": "application/json; charset=\u202e"},
    {"content-type": ""},
    {"content-encoding": "gzip"},
    {"content-encoding": "GZIP, identity"},
    {"content-encoding": "x\r\ny"},
]


@pytest.mark.parametrize("route_key", TAKES_JSON)
def test_a_body_of_another_type_or_encoding_is_refused(stage: Stage, route_key: str) -> None:
    body = json.dumps(stage.bodies.get(route_key, {"x": 1}))
    for headers in OTHERS:
        reply = stage.send(route_key, body, headers=headers)
        assert reply.status == 415, f"{headers}: {reply}"


@pytest.mark.parametrize("route_key", TAKES_FIELDS)
def test_bytes_that_are_no_text_are_refused(stage: Stage, route_key: str) -> None:
    body = json.dumps(stage.bodies[route_key]).encode()
    for raw in (b"\xff\xfe" + body, body[:-3] + b"\xc3\x28", gzip.compress(body), b"\x00" * 10):
        reply = stage.send(route_key, base64.b64encode(raw).decode(), is_base64=True)
        assert reply.status == 400, reply
    for text in ("not base64!", "YQ", "\u202e"):
        reply = stage.send(route_key, text, is_base64=True)
        assert reply.status == 400, reply
    reply = stage.send(route_key, "{\ud800}")
    assert reply.status == 400, reply


@pytest.mark.parametrize("route_key", TAKES_JSON)
def test_a_body_over_the_limit_is_refused(stage: Stage, route_key: str) -> None:
    over = json.dumps({"name": "x" * 256 * 1024})
    assert stage.send(route_key, over).status == 413
    wide = json.dumps({"name": "é" * 129 * 1024}, ensure_ascii=False)
    assert stage.send(route_key, wide).status == 413
    packed = base64.b64encode(over.encode()).decode()
    assert stage.send(route_key, packed, is_base64=True).status == 413


def test_reading_takes_time_in_proportion_to_the_length(stage: Stage) -> None:
    names = ",".join(f'"{number}":0' for number in range(24_000))
    wide = {
        "a name twice among many": f'{{{names},"0":1}}',
        "half a pair among many": f'{{"a":[{"0," * 120_000}"\\ud800"]}}',
        "many empty lists": f'{{"a":[{"[]," * 80_000}0]}}',
    }
    for what, text in wide.items():
        began = time.process_time()
        reply = stage.send("POST /groups", text)
        spent = time.process_time() - began
        assert reply.status == 400, what
        assert spent < 5, f"{what}: {spent:.1f} s"  # it takes a tenth; in squares it takes a minute


def test_what_is_wrong_in_a_batch_is_answered_in_its_place(stage: Stage) -> None:
    ask = stage.bodies["POST /access/v1/evaluation"]
    wrong: list[Any] = [
        1,
        None,
        [],
        {},
        {"subject": []},
        {"subject": {"type": "user", "id": "\u202e"}},
    ]
    defaults = {name: ask[name] for name in ("subject", "action")}
    reply = stage.send(IN_PLACE, {**defaults, "evaluations": wrong})
    assert reply.status == 200
    for one in reply.json["evaluations"]:
        assert one["decision"] is False
        assert one["context"]["error"]["status"] == 400


def test_the_same_body_is_taken_when_nothing_is_wrong_with_it(stage: Stage) -> None:
    for route_key in ("POST /groups", "POST /users", "POST /api-keys", "PATCH /account"):
        method, _, path = route_key.partition(" ")
        body = stage.bodies[route_key]
        text = base64.b64encode(json.dumps(body).encode()).decode()
        reply = stage.world.api(method, path, text, token=stage.ada, is_base64=True)
        assert reply.status in {200, 201}, reply
    stage.__dict__.pop("before")
