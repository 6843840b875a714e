"""docs/openapi.json as a yardstick: every answer that a test gets is held against it."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

from local.template import ROOT
from tests.support.page import must_be_a_page

FILE: Path = ROOT / "docs" / "openapi.json"


@cache
def document() -> Any:
    return json.loads(FILE.read_text(encoding="utf-8"))


def resolved(part: Any) -> Any:
    """Follow a reference within the document."""
    while "$ref" in part:
        name = part["$ref"].removeprefix("#/").split("/")
        part = document()
        for step in name:
            part = part[step]
    return part


def operation(route_key: str) -> Any:
    """Return the operation of a route key; None if the document has none."""
    method, _, path = route_key.partition(" ")
    return document()["paths"].get(path, {}).get(method.lower())


def is_page(route_key: str) -> bool:
    """Say whether a route is a page of the console."""
    return f"{route_key.partition(' ')[2]}/".startswith("/console/")


def must_be_documented(
    route_key: str, status: int, headers: Mapping[str, str], cookies: tuple[str, ...], text: str
) -> None:
    """Fail unless the document has this answer: status, content type, headers and shape.

    The console's pages are for people and not in the document; they have rules of their own.
    """
    if is_page(route_key):
        must_be_a_page(route_key, status, headers, text)
        return
    found = operation(route_key)
    assert found, (
        f"docs/openapi.json has no {route_key}; `make docs` writes what scripts/openapi/ says"
    )
    where = f"{route_key} answered {status}"
    assert str(status) in found["responses"], f"{where}, which is not documented: {text[:500]}"
    response = resolved(found["responses"][str(status)])
    names = {name.lower(): resolved(header) for name, header in response["headers"].items()}
    missing = {name for name, header in names.items() if header.get("required")} - headers.keys()
    assert not missing, f"{where} without {missing}"
    if cookies:
        assert "set-cookie" in names, f"{where} with an undocumented cookie"
    if route_key.startswith("HEAD "):
        assert not text, f"{where} with a body"
        return
    content_type = headers.get("content-type", "").partition(";")[0]
    content = response.get("content", {})
    if not content:
        assert not text, f"{where} with an undocumented body"
        return
    assert content_type in content, f"{where} as undocumented {content_type}"
    if content_type.endswith("json"):
        validator = _validator(route_key, status, content_type)
        wrong = next(iter(validator.iter_errors(json.loads(text))), None)
        assert wrong is None, f"{where} unlike its schema at {wrong.instance_path}: {wrong.message}"


@cache
def _validator(route_key: str, status: int, content_type: str) -> Any:
    response = resolved(operation(route_key)["responses"][str(status)])
    schema = response["content"][content_type]["schema"]
    return jsonschema_rs.validator_for({**_closed(schema), "components": _components()})


@cache
def _components() -> Any:
    return {"schemas": _closed(document()["components"]["schemas"])}


def _closed(schema: Any) -> Any:
    """Let no field pass that is not described: the document lets callers expect more, we do not."""
    if isinstance(schema, list):
        return [_closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {name: _closed(part) for name, part in schema.items()}
    if (
        isinstance(schema.get("properties"), dict)
        and schema.get("type") == "object"
        and schema.get("required")
    ):
        closed.setdefault("additionalProperties", False)
    return closed
