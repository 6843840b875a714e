"""Decisions: the OpenID AuthZEN Authorization API 1.0."""

from typing import Final

from scripts.openapi.operation import Operation, Who, json_reply, line, parameter, ref

_APPLICATION: Final = Who(scopes=("authorize",))
_JSON: Final = "application/json"


def _search(searched: str, summary: str, answer: str) -> Operation:
    return Operation(
        f"POST /access/v1/search/{searched}",
        f"search{searched.capitalize()}s",
        "Decisions",
        summary,
        _APPLICATION,
        {200: json_reply(ref(answer), "A page; nothing is recorded. Each would be allowed.")},
        body={_JSON: ref(f"{searched.capitalize()}Search")},
    )


OPERATIONS: Final = (
    Operation(
        "POST /access/v1/evaluation",
        "evaluate",
        "Decisions",
        "May this user do this here?",
        _APPLICATION,
        {200: json_reply(ref("Decision"), "The decision, allowed or denied, and why.")},
        description="A denial is 200 with `decision: false`. What cannot be read or recorded is "
        "503 without a decision, never an allow.",
        body={_JSON: ref("Evaluation")},
    ),
    Operation(
        "POST /access/v1/evaluations",
        "evaluateBatch",
        "Decisions",
        "Up to 100 questions at once",
        _APPLICATION,
        {
            200: json_reply(
                {"anyOf": [ref("Decisions"), ref("Decision")]},
                "The decisions in order; a short-circuited answer is a prefix.",
            )
        },
        body={_JSON: ref("Evaluations")},
    ),
    _search("subject", "Who may do this here?", "Found"),
    _search("resource", "Where may this user do this?", "Found"),
    _search("action", "What may this user do here?", "FoundActions"),
    Operation(
        "GET /lookup",
        "lookUpUser",
        "Decisions",
        "Find the id of a user by e-mail address",
        _APPLICATION,
        {200: json_reply(ref("FoundUser"), "An own user, or one of an active guest.")},
        description="Everybody else is the same 404.",
        query=(
            parameter("email", line(320) | {"minLength": 1}, "The address.")
            | {"required": True, "allowEmptyValue": False},
        ),
        problems=("not-found",),
    ),
    Operation(
        "GET /.well-known/authzen-configuration",
        "showAuthzenConfiguration",
        "Decisions",
        "Where decisions are made (AuthZEN metadata)",
        Who(visitor=True),
        {200: json_reply(ref("AuthzenConfiguration"), "The metadata.")},
        never_sent=("store-unavailable",),
    ),
)
