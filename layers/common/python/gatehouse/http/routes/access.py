"""AuthZEN: an application asks whether somebody may do something."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from gatehouse.domain.errors import FieldError, GatehouseError, Malformed
from gatehouse.domain.pages import Page
from gatehouse.http import authzen, cursors, identity
from gatehouse.http.answers import Answer, Routes, json_answer
from gatehouse.usecases.asking import Ask
from gatehouse.usecases.authorize import authenticate, evaluate, evaluate_all
from gatehouse.usecases.search import look_up, search_actions, search_resources, search_subjects

if TYPE_CHECKING:
    from gatehouse.domain.secrets import ApiKeyText
    from gatehouse.http.call import Call
    from gatehouse.usecases.ports import Ports

routes = Routes()
_LONGEST_EMAIL: Final = 320


@routes("POST /access/v1/evaluation")
def evaluation(call: Call) -> Answer:
    key_text = identity.bearer_key_of(call)
    try:
        ask = authzen.ask_of(call.body())
    except GatehouseError:
        authenticate(call.ports, key_text)
        raise
    answer = json_answer(200, authzen.answer_view(evaluate(call.ports, key_text, ask)))
    return _counted(answer, key_text, [ask])


@routes("POST /access/v1/evaluations")
def evaluations(call: Call) -> Answer:
    key_text = identity.bearer_key_of(call)
    try:
        body = call.body()
        asks = authzen.asks_of(body)
        semantic = authzen.semantic_of(body)
        alone = [] if asks else [authzen.ask_of(body)]
    except GatehouseError:
        authenticate(call.ports, key_text)
        raise
    for ask in alone:
        answer = json_answer(200, authzen.answer_view(evaluate(call.ports, key_text, ask)))
        return _counted(answer, key_text, [ask])
    asks = asks or []
    readable = [None if isinstance(ask, Malformed) else ask for ask in asks]
    answers = evaluate_all(call.ports, key_text, readable, semantic)
    views = [
        authzen.item_view(ask if isinstance(ask, Malformed) else answer)  # type: ignore[arg-type]  # None stands where a Malformed does
        for ask, answer in zip(asks, answers, strict=False)
    ]
    return _counted(json_answer(200, {"evaluations": views}), key_text, readable[: len(views)])


def _counted(answer: Answer, key_text: ApiKeyText, asks: Sequence[Ask | None]) -> Answer:
    """Note the dry runs of an answer, which no record tells of."""
    dry_runs = sum(ask is not None and ask.dry_run for ask in asks)
    if not dry_runs:
        return answer
    return replace(answer, account_id=key_text.account_id, dry_runs=dry_runs)


@routes("POST /access/v1/search/subject")
def subject_search(call: Call) -> Answer:
    return _searched(call, "subject", search_subjects)


@routes("POST /access/v1/search/resource")
def resource_search(call: Call) -> Answer:
    return _searched(call, "resource", search_resources)


@routes("POST /access/v1/search/action")
def action_search(call: Call) -> Answer:
    def search(
        ports: Ports, key_text: ApiKeyText, ask: Ask, after: str | None, limit: int
    ) -> Page[str]:
        """Page through the few actions there are, by position."""
        actions = search_actions(ports, key_text, ask)
        start = int(after or 0)
        end = start + limit
        return Page(actions[start:end], str(end) if end < len(actions) else None)

    return _searched(call, "action", search)


def _searched(
    call: Call,
    entity: str,
    search: Callable[[Ports, ApiKeyText, Ask, str | None, int], Page[str]],
) -> Answer:
    key_text = identity.bearer_key_of(call)
    try:
        body = call.body()
        ask = authzen.search_of(body, entity)
        token, limit = authzen.page_of(body)
        purpose = f"{key_text.account_id} search {entity} {authzen.gist_of(body)}"
        after = cursors.opened(call.ports.signing_key, purpose, token, "/page/token")
    except GatehouseError:
        authenticate(call.ports, key_text)
        raise
    page = search(call.ports, key_text, ask, after, limit)
    next_token = cursors.sealed(call.ports.signing_key, purpose, page.after)
    return json_answer(200, authzen.results_view(entity, page.items, next_token))


@routes("GET /lookup")
def look_up_user(call: Call) -> Answer:
    key_text = identity.bearer_key_of(call)
    try:
        email = (call.wanted("email", _LONGEST_EMAIL) or "").strip().lower()
        if not email:
            detail = "Send the address to look for: /lookup?email=somebody@example.com."
            raise Malformed(detail, fields=[FieldError("/email", detail)])
    except GatehouseError:
        authenticate(call.ports, key_text)
        raise
    return json_answer(200, {"user_id": look_up(call.ports, key_text, email)})


@routes("GET /.well-known/authzen-configuration")
def configuration(call: Call) -> Answer:
    base = call.ports.public_base_url
    return json_answer(
        200,
        {
            "policy_decision_point": base,
            "access_evaluation_endpoint": f"{base}/access/v1/evaluation",
            "access_evaluations_endpoint": f"{base}/access/v1/evaluations",
            "search_subject_endpoint": f"{base}/access/v1/search/subject",
            "search_resource_endpoint": f"{base}/access/v1/search/resource",
            "search_action_endpoint": f"{base}/access/v1/search/action",
        },
    )
