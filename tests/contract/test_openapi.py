"""docs/openapi.json is a valid document, made by `make docs`, and says what is there.

That every answer has a documented status, content type, header and shape is held by the client
that all tests use: tests/support/document.py.
"""

import inspect
import subprocess
import sys

import pytest
from openapi_spec_validator import validate

from gatehouse.http import account_bodies, bodies, key_bodies, reports, rules
from local.template import ROOT
from scripts.openapi.__main__ import text
from scripts.openapi.problems import ERRORS
from scripts.openapi.requests import BODIES
from tests.support.api import template
from tests.support.document import FILE, document, is_page
from tests.support.rights import OPERATIONS, ROWS
from tests.support.world import World

METHODS = {"get", "head", "post", "put", "patch", "delete"}
_GATEWAY_AND_OUTBOX = {"conflict", "gone", "shut-out", "unable", "mail-refused", "mail-unavailable"}
_NO_ROUTE = {"subdomain-taken", "queue-unavailable", "events-unavailable", "file-gone"}
_PAGES = {"deactivated", "email-unverified", "not-added", "other-identity", "other-user"}


def operations():
    for path, item in document()["paths"].items():
        for method in METHODS & item.keys():
            yield f"{method.upper()} {path}", item[method]


def test_the_document_is_valid() -> None:
    validate(document())


def test_the_document_is_what_make_docs_writes() -> None:
    assert FILE.read_text(encoding="utf-8") == text()


def test_the_document_has_the_routes_of_the_template_and_no_other_but_the_consoles_pages() -> None:
    keys = {route.key for route in template().routes}
    assert {key for key, _ in operations()} == {key for key in keys if not is_page(key)}


def test_every_operation_has_an_id_of_its_own_and_a_summary() -> None:
    ids = [operation["operationId"] for _, operation in operations()]
    assert len(set(ids)) == len(ids)
    assert all(operation["summary"] for _, operation in operations())


def test_every_body_that_routes_read_is_in_the_document() -> None:
    models = {
        model
        for module in (bodies, account_bodies, key_bodies, reports, rules)
        for _, model in inspect.getmembers(module, inspect.isclass)
        if issubclass(model, bodies.Body)
    }
    parts = {bodies.Body, bodies.ScopeBody, reports.ResourceBody}
    parts |= {account_bodies.AccountBody, account_bodies.PlanBody}
    assert set(BODIES.values()) == models - parts


def test_every_problem_that_routes_answer_is_in_the_document() -> None:
    written = FILE.read_text(encoding="utf-8")
    missing = {slug for slug in ERRORS if f'/problems/{slug}"' not in written}
    assert missing == _GATEWAY_AND_OUTBOX | _NO_ROUTE | _PAGES


def test_every_write_takes_an_idempotency_key_but_decisions_and_forms() -> None:
    without = {
        key
        for key, operation in operations()
        if not key.startswith(("GET", "HEAD"))
        and {"$ref": "#/components/parameters/Idempotency-Key"}
        not in operation.get("parameters", ())
    }
    assert {key for key in without if "/access/v1/" not in key} == {
        "POST /connections/preview",  # writes nothing
        "POST /sign-in/continue",
        "POST /sign-out",
    }


def test_the_document_is_served_as_it_is_committed(world: World) -> None:
    answer = world.api("GET", "/openapi.json")
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.text == FILE.read_text(encoding="utf-8")


def test_the_package_has_no_copy_that_could_differ() -> None:
    packed = ROOT / "layers/common/python/gatehouse/http/openapi.json"
    assert packed.is_symlink()
    assert packed.resolve() == FILE


@pytest.mark.slow
def test_serving_the_document_loads_no_model_of_a_body() -> None:
    code = (
        "import sys; from gatehouse.http.openapi import openapi; openapi();"
        "sys.exit(any(name.split('.')[0] in {'pydantic', 'jinja2', 'boto3'} for name in sys.modules))"
    )
    subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        cwd=ROOT,
        env={"PYTHONPATH": "layers/common/python"},
    )


def test_every_operation_has_its_row_and_every_row_its_operation() -> None:
    missing = [key for key in OPERATIONS if key not in ROWS]
    elsewhere = {key: "404" if "{" in key else "own" for key in missing}
    lines = [
        "{1}\n    {0:<6}  yes  ·   ·   ·   ·   ·   ·   ·  | {2}  ·  | {2} |".format(
            *key.split(" "), elsewhere[key]
        )
        for key in missing
    ]
    assert not missing, (
        f"docs/openapi.json has {', '.join(missing)}, and RIGHTS in tests/support/rights.py "
        "does not say who may. Add to it, with the words that the product's rules give:\n"
        + "\n".join(lines)
        + "\nand to tests/support/requests.py what the request needs in its path and its body."
    )
    left = sorted(ROWS.keys() - set(OPERATIONS))
    assert not left, f"RIGHTS speaks of what docs/openapi.json has not: {', '.join(left)}"


def test_what_can_be_got_can_be_asked_for_by_head() -> None:
    assert all(("get" in item) is ("head" in item) for item in document()["paths"].values())


def test_the_document_says_of_credentials_what_the_table_says() -> None:
    for key, row in ROWS.items():
        method, _, path = key.partition(" ")
        ways = document()["paths"][path][method.lower()].get("security") or [{}]
        assert ({} in ways) is (row.status is not None), key
        scopes = [scope for way in ways for scope in way.get("application", ())]
        assert set(scopes) == row.scopes, key
        takes_people = any({"person", "session"} & way.keys() for way in ways)
        assert takes_people is ("yes" in row.people.values()) or row.status, key
