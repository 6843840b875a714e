"""Whatever is wrong with an address or a header: a 4xx that says so, and nothing changed."""

import base64
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from tests.support.document import document, resolved
from tests.support.stage import Stage, on_stage

OPERATIONS = {
    f"{method.upper()} {path}": [
        resolved(one) for one in [*item["parameters"], *operation.get("parameters", ())]
    ]
    for path, item in document()["paths"].items()
    for method, operation in item.items()
    if method != "parameters"
}
IN_PATH = {
    key: [one["name"] for one in parameters if one["in"] == "path"]
    for key, parameters in OPERATIONS.items()
    if any(one["in"] == "path" for one in parameters)
}
IN_QUERY = {
    key: {one["name"]: one["schema"] for one in parameters if one["in"] == "query"}
    for key, parameters in OPERATIONS.items()
    if any(one["in"] == "query" for one in parameters) and not key.startswith("HEAD")
}
ODD = [
    "%00",
    "%0d%0aSet-Cookie:%20a=b",
    "%ff%fe",
    "%E2%80%AEgro",
    "%F0%9F%94%91",
    "%20",
    "..%2F..%2Fusers",
    "%25%32%33",
    "a%23b",
    "%23",
    "null",
    "'%20OR%201=1",
    "$ne",
    "{}",
    "x" * 10_000,
    quote("é" * 1_000),
]


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with on_stage() as stage:
        yield stage


def odd_ids(stage: Stage, name: str) -> list[str]:
    """Return what stands for no id of this kind: junk, and ids bent towards other items' keys."""
    right, account = stage.ids[name], stage.host.account_id
    bent = [
        f"{right}%23",
        f"{right}%00",
        f"{right}%0a",
        f"%20{right}",
        right.upper(),
        right[:-1],
        f"{right}{right}",
        f"{account}%23USER",
        f"{account}%23CONNECTION",
        f"{stage.other.account_id}%23PAIR",
        "ACCOUNT",
        "CLAIM",
        f"LINK%23{right}",
    ]
    of_others = [other for kind, other in stage.ids.items() if kind not in {name, "name"}]
    return [*ODD, *bent, *of_others]


@pytest.mark.parametrize("route_key", [key for key in IN_PATH if not key.startswith("HEAD")])
def test_an_odd_id_in_a_path_leads_nowhere(stage: Stage, route_key: str) -> None:
    path = route_key.partition(" ")[2]
    for name in IN_PATH[route_key]:
        for odd in odd_ids(stage, name):
            address = stage.address(path, **{name: odd})
            headers = {"if-match": "1", "accept": "application/json"}
            body = stage.bodies.get(route_key)
            reply = stage.send(route_key, body, address, headers=headers)
            assert reply.status in {400, 404}, f"{odd[:60]} as {name}: {reply}"
            assert reply.headers["content-type"] == "application/problem+json", reply
            assert len(reply.text) < 2_000, f"{odd[:60]} comes back whole"


@pytest.mark.parametrize("route_key", [key for key in IN_PATH if key.startswith("HEAD")])
def test_head_answers_odd_ids_as_get_does(stage: Stage, route_key: str) -> None:
    path = route_key.partition(" ")[2]
    for name in IN_PATH[route_key]:
        for odd in odd_ids(stage, name)[::4]:
            reply = stage.send(route_key, None, stage.address(path, **{name: odd}))
            assert reply.status in {400, 404}, f"{odd[:60]} as {name}: {reply}"


def odd_values(name: str, schema: Any) -> Iterator[str]:
    """Return values that the schema of a query parameter does not allow."""
    if "enum" in schema:
        yield from ("unheard-of", schema["enum"][0].upper(), f"{schema['enum'][0]},x", "%00", "[]")
    elif schema.get("type") == "integer":
        yield from ("0", "-1", "201", "1e2", "1.0", "abc", "%D9%A3", "+5", "%205", "0x10", "1,2")
        yield from ("0000000000199", "0" * 5_000, "9" * 5_000, "%00", "NaN", "Infinity", "true")
    elif schema.get("format") == "date-time":
        yield from ("yesterday", "2026-11-22", "2026-11-22T10:00:00", "2026-13-01T00:00:00Z")
        yield from ("0001-01-01T00:00:00%2B23:59", "9999-12-31T23:59:59-23:59", "1795365120")
        yield from ("0000-01-01T00:00:00Z", "%00", "2026-11-22T10:00:00Z%0a", "x" * 10_000)
    elif name == "cursor":
        yield from ("garbage", "e30", "AAAA", "%00", "%E2%80%AE", "x" * 10_000, "=", "%ff")
    elif "maxLength" in schema:
        yield from ("x" * (schema["maxLength"] + 1), "%E2%80%AE", "%00", "a%0d%0ab", "%ef%bf%be")


@pytest.mark.parametrize("route_key", IN_QUERY)
def test_an_odd_query_parameter_is_named(stage: Stage, route_key: str) -> None:
    for name, schema in IN_QUERY[route_key].items():
        for odd in odd_values(name, schema):
            address = f"{stage.address(route_key.partition(' ')[2])}?{name}={odd}"
            reply = stage.send(route_key, stage.bodies.get(route_key), address)
            assert reply.status == 400, f"{name}={odd[:60]}: {reply}"
            assert [one["pointer"] for one in reply.json["errors"]] == [f"/{name}"], reply


def test_a_cursor_is_good_for_one_list_of_one_caller_alone(stage: Stage) -> None:
    first = stage.world.api("GET", "/organizations?limit=1", token=stage.ada).json
    cursor = first["next_cursor"]
    assert cursor
    for address in ("/users", "/groups", "/activities", "/connections", "/organizations?x=1"):
        joint = "&" if "?" in address else "?"
        reply = stage.world.api("GET", f"{address}{joint}cursor={cursor}", token=stage.ada)
        assert reply.status == 400, reply
    theirs = stage.world.token(stage.other, "oda")
    reply = stage.world.api("GET", f"/organizations?cursor={cursor}", token=theirs)
    assert reply.status == 400
    raw = bytearray(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    for place in range(len(raw)):
        forged = bytearray(raw)
        forged[place] ^= 1
        text = base64.urlsafe_b64encode(forged).decode().rstrip("=")
        reply = stage.send("GET /organizations", None, f"/organizations?cursor={text}")
        assert reply.status == 400


@pytest.mark.parametrize("span", ["from=9999-12-31T23:59:59Z", "to=1970-01-01T00:00:00Z", ""])
def test_a_span_at_the_edge_of_the_calendar_costs_no_more_than_another(
    stage: Stage, span: str
) -> None:
    reads: list[Any] = []
    table = stage.world.ports.store._table  # type: ignore[attr-defined]  # to count what is read
    query = table.query

    def counted(*asked: Any, **more: Any) -> Any:
        reads.append(asked)
        return query(*asked, **more)

    table.query = counted
    try:
        for edge in ("to=9999-12-31T23:59:59Z", "from=1970-01-01T00:00:00Z"):
            reply = stage.send("GET /activities", None, f"/activities?{edge}&{span}")
            assert reply.status in {200, 400}, reply
    finally:
        table.query = query
    assert len(reads) < 5


@pytest.mark.parametrize(
    "address",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example/",
        "/%09/evil.example",
        "/a%0d%0aLocation:%20https://evil.example",
        "javascript:alert(1)",
        "/" + "x" * 20_000,
        "%E2%80%AE",
        "",
    ],
)
def test_signing_in_never_leads_elsewhere(stage: Stage, address: str) -> None:
    reply = stage.send("GET /sign-in", None, f"/sign-in?return_to={address}")
    assert reply.status == 303
    assert reply.headers["location"].startswith("https://issuer.test/authorize?")
    assert len(reply.headers["location"]) < 2_000
    assert sum(map(len, reply.cookies)) < 4_000  # browsers drop larger ones
