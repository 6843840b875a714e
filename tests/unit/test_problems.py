"""Refusals as problem details, and cursors and answers around them."""

import pytest

from gatehouse.domain.errors import (
    FieldError,
    GatehouseError,
    Malformed,
    Refused,
    StoreUnavailable,
    TooMany,
    Unauthenticated,
)
from gatehouse.http.answers import Answer, Routes, json_answer
from gatehouse.http.application import refusal
from gatehouse.http.cursors import opened, sealed
from gatehouse.http.problems import CONTENT_TYPE, TYPES, headers, problem

KEY = b"a key for tests"


def test_a_problem_has_type_title_status_and_detail() -> None:
    assert problem(Unauthenticated("Sign in.")) == {
        "type": f"{TYPES}unauthenticated",
        "title": "Credentials needed",
        "status": 401,
        "detail": "Sign in.",
    }


def test_fields_are_pointed_at() -> None:
    body = problem(Refused("No.", fields=[FieldError("/a/0", "Not this."), FieldError("/b", "…")]))
    assert body["errors"] == [
        {"pointer": "/a/0", "detail": "Not this."},
        {"pointer": "/b", "detail": "…"},
    ]


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (Unauthenticated("…"), {"WWW-Authenticate": 'Bearer realm="gatehouse"'}),
        (TooMany("…", retry_after=7), {"Retry-After": "7"}),
        (StoreUnavailable("…"), {"Retry-After": "2"}),
        (Malformed("…"), {}),
    ],
)
def test_headers_say_how_to_go_on(error: GatehouseError, expected: dict[str, str]) -> None:
    assert headers(error) == expected


def test_a_refusal_is_a_problem_document_with_its_headers() -> None:
    answer = refusal(TooMany("Wait.", retry_after=7))
    assert answer.status == 429
    assert answer.headers == {"Content-Type": CONTENT_TYPE, "Retry-After": "7"}
    assert answer.problem == "too-many-requests"


def test_an_answer_is_as_the_gateway_takes_it() -> None:
    answer = Answer(200, "…", {"X-A": "1"}, ("a=b",))
    for_gateway = answer.for_gateway("r-1", with_body=True)
    assert for_gateway["headers"]["X-Request-ID"] == "r-1"
    assert for_gateway["headers"]["Cache-Control"] == "no-store"
    assert (for_gateway["statusCode"], for_gateway["cookies"], for_gateway["body"]) == (
        200,
        ["a=b"],
        "…",
    )
    assert answer.for_gateway("r-1", with_body=False)["body"] == ""


def test_json_is_written_as_it_is_and_nothing_for_nothing() -> None:
    assert json_answer(200, {"name": "Bücher"}).body == '{"name":"Bücher"}'
    assert json_answer(204) == Answer(204)


def test_a_route_answers_under_its_key() -> None:
    routes = Routes()

    @routes("GET /x")
    def show(_: object) -> Answer:
        return Answer(204)

    assert routes == {"GET /x": show}


def test_at_the_end_of_a_list_there_is_no_cursor() -> None:
    assert sealed(KEY, "users", None) is None
    assert opened(KEY, "users", None) is opened(KEY, "users", "") is None


@pytest.mark.parametrize("cursor", ["x", "é", "====", "a" * 500, "!!", "AAAA"])
def test_what_is_no_cursor_is_malformed(cursor: str) -> None:
    with pytest.raises(Malformed) as refused:
        opened(KEY, "users", cursor)
    assert [field.pointer for field in refused.value.fields] == ["/cursor"]


def test_a_position_is_not_to_be_read_from_a_cursor_of_another_list() -> None:
    cursor = sealed(KEY, "acc_1 users", "usr_9")
    with pytest.raises(Malformed):
        opened(KEY, "acc_2 users", cursor)
