"""The OpenID AuthZEN Authorization API 1.0, as requests and answers."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, Final, TypeVar

from gatehouse.domain.activity import Resource
from gatehouse.domain.decision import Decision
from gatehouse.domain.errors import FieldError, Malformed, Unable
from gatehouse.domain.policy import Circumstances
from gatehouse.domain.remedies import (
    ActivateConnection,
    AllowResourceType,
    GrantOrganization,
    MapAction,
    RaiseMaximumRole,
    RaiseOwnRole,
    RaiseRulesRole,
    ReactivateUser,
    Remedy,
    RemoveRule,
    ShowSecondFactor,
    UseNetwork,
)
from gatehouse.http.text import is_one_line, printable
from gatehouse.usecases.asking import Answer, Ask, Semantic

T = TypeVar("T")

MOST: Final = 100
USUAL_PAGE: Final = 50
LARGEST_PAGE: Final = 200
_CHANGES: Final = {
    MapAction: "map_action",
    ActivateConnection: "activate_connection",
    ReactivateUser: "reactivate_user",
    RaiseOwnRole: "raise_own_role",
    RaiseMaximumRole: "raise_maximum_role",
    RemoveRule: "remove_rule",
    RaiseRulesRole: "raise_rules_role",
    AllowResourceType: "allow_resource_type",
    GrantOrganization: "grant_organization",
    ShowSecondFactor: "show_second_factor",
    UseNetwork: "use_network",
}
_LONGEST: Final = 256


def ask_of(body: Mapping[str, Any]) -> Ask:
    """Read one evaluation. Raises Malformed naming the first field that is wrong."""
    subject = _entity(body, "subject")
    action = _object(body, "action", required=True)
    resource = _entity(body, "resource")
    context = _object(body, "context")
    properties = _object(resource, "properties", at="/resource")
    _object(subject, "properties", at="/subject")
    _object(action, "properties", at="/action")
    resource_type = _text(resource, "type", "/resource")
    resource_id = _text(resource, "id", "/resource")
    return Ask(
        subject_type=_text(subject, "type", "/subject"),
        subject_id=_text(subject, "id", "/subject"),
        action=_text(action, "name", "/action"),
        resource=Resource(resource_type, resource_id, _short(properties.get("name"))),
        properties={
            name: value
            for name, value in properties.items()
            if isinstance(value, str) and 0 < len(value) <= _LONGEST
        },
        user_agent=_short(_known(context, "user_agent", str, "text")),
        circumstances=Circumstances(
            frozenset(
                one for one in _known(context, "amr", list, "a list") or () if isinstance(one, str)
            ),
            _short(_known(context, "acr", str, "text")),
            _short(_known(context, "ip_address", str, "text")),
        ),
        dry_run=_known(context, "dry_run", bool, "true or false") is True,
    )


def search_of(body: Mapping[str, Any], searched: str) -> Ask:
    """Read a search: an evaluation without the searched entity's id. Raises Malformed."""
    if searched == "action":
        return ask_of({**body, "action": {"name": ""}})
    entity = _entity(body, searched)
    _text(entity, "type", f"/{searched}")
    return ask_of({**body, searched: {**entity, "id": ""}})


def page_of(body: Mapping[str, Any]) -> tuple[str | None, int]:
    """Read where a search goes on and how many results it may return. Raises Malformed."""
    page = _object(body, "page")
    token = page.get("token")
    if token is not None and not isinstance(token, str):
        raise _wrong("/page/token", "token must be text.")
    limit = page.get("limit", USUAL_PAGE)
    if not isinstance(limit, int) or isinstance(limit, bool) or not 1 <= limit <= LARGEST_PAGE:
        raise _wrong("/page/limit", f"limit must be a number from 1 to {LARGEST_PAGE}.")
    return token or None, limit


def gist_of(body: Mapping[str, Any]) -> str:
    """Return what a search is about, so that a token is good for that search only."""
    parts = {name: body.get(name) for name in ("subject", "action", "resource")}
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def results_view(searched: str, results: Sequence[str], next_token: str | None) -> dict[str, Any]:
    """Return a page of results, the page before them."""
    kind = {"subject": "user", "resource": "organization"}
    return {
        "page": {"next_token": next_token or "", "count": len(results)},
        "results": [
            {"name": one} if searched == "action" else {"type": kind[searched], "id": one}
            for one in results
        ],
    }


def asks_of(body: Mapping[str, Any]) -> list[Ask | Malformed] | None:
    """Read a batch; None if there is none, which makes it a single evaluation.

    An item's key replaces the default of the same name whole. A bad item is answered in its
    place; a bad batch raises Malformed.
    """
    items = body.get("evaluations")
    if items is None:
        return None
    if not isinstance(items, list):
        raise _wrong("/evaluations", "evaluations must be a list.")
    if len(items) > MOST:
        raise _wrong("/evaluations", f"A batch has at most {MOST} evaluations.")
    defaults = {
        name: _object(body, name) if name == "context" else body[name]
        for name in ("subject", "action", "resource", "context")
        if name in body
    }
    for name, value in defaults.items():
        if not isinstance(value, dict):
            raise _wrong(f"/{name}", f"{name} must be an object.")
    asks: list[Ask | Malformed] = []
    for item in items:
        if not isinstance(item, dict):
            asks.append(_wrong("", "An evaluation must be an object."))
            continue
        try:
            asks.append(ask_of({**defaults, **item}))
        except Malformed as wrong:
            asks.append(wrong)
    return asks or None


def semantic_of(body: Mapping[str, Any]) -> Semantic:
    """Read how a batch goes on after an answer. Raises Malformed."""
    options = _object(body, "options")
    wanted = options.get("evaluations_semantic", Semantic.EXECUTE_ALL.value)
    try:
        return Semantic(wanted)
    except ValueError:
        words = ", ".join(Semantic)
        raise _wrong(
            "/options/evaluations_semantic", f"evaluations_semantic must be one of {words}."
        ) from None


def answer_view(answer: Answer) -> dict[str, Any]:
    """Return a decision with its explanation."""
    decision: Decision = answer.decision
    context: dict[str, Any] = {
        "reason": decision.reason.value,
        "own_role": decision.own_role,
        "maximum_role": decision.maximum_role,
        "effective_role": decision.effective_role,
        "capped": decision.capped,
        "via": decision.via,
        "connection_id": decision.connection_id,
        "activity_id": answer.activity_id,
    }
    if decision.rule:
        context["rule"] = True
    if not decision.allowed:
        context["hint"] = hint_view(decision.hint)
    return {"decision": decision.allowed, "context": context}


def hint_view(hint: Sequence[Remedy]) -> dict[str, Any] | None:
    """Return the smallest change that would allow it, for programs and in words."""
    if not hint:
        return None
    return {
        "changes": [
            {
                "change": _CHANGES[type(remedy)],
                **{one.name: getattr(remedy, one.name) for one in fields(remedy)},
            }
            for remedy in hint
        ],
        "text": " ".join(remedy.sentence for remedy in hint),
    }


def item_view(answer: Answer | Unable | Malformed) -> dict[str, Any]:
    """Return one answer of a batch; what could not be answered is a denial with its error."""
    if isinstance(answer, Answer):
        return answer_view(answer)
    return {
        "decision": False,
        "context": {"error": {"status": answer.status, "message": answer.detail}},
    }


def _entity(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return _object(body, name, required=True)


def _object(
    body: Mapping[str, Any], name: str, *, required: bool = False, at: str = ""
) -> Mapping[str, Any]:
    if name not in body:
        if required:
            raise _wrong(f"{at}/{name}", f"{name} is required.")
        return {}
    value = body[name]
    if not isinstance(value, dict):
        raise _wrong(f"{at}/{name}", f"{name} must be an object.")
    return value


def _text(entity: Mapping[str, Any], name: str, at: str) -> str:
    if name not in entity:
        raise _wrong(f"{at}/{name}", f"{name} is required.")
    value = entity[name]
    if not isinstance(value, str):
        raise _wrong(f"{at}/{name}", f"{name} must be text.")
    if len(value) > _LONGEST:
        raise _wrong(f"{at}/{name}", f"{name} must have at most {_LONGEST} characters.")
    if not is_one_line(value):
        raise _wrong(f"{at}/{name}", f"{name} must not have control or direction characters.")
    return value


def _known(context: Mapping[str, Any], name: str, kind: type[T], words: str) -> T | None:
    """Return a part of the context that means something here; None if it is not there."""
    value = context.get(name)
    if value is not None and not isinstance(value, kind):
        raise _wrong(f"/context/{name}", f"{name} must be {words}.")
    return value


def _short(value: object) -> str | None:
    """Return what only goes on the record, cut to its place there."""
    return printable(value, _LONGEST) if isinstance(value, str) and value else None


def _wrong(pointer: str, detail: str) -> Malformed:
    return Malformed(detail, fields=[FieldError(pointer, detail)])
