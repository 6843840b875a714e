"""Resource types that are denied to groups: the list, a choice of groups, now and after, saved."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from gatehouse.domain.errors import EtagStale, Malformed, Refused
from gatehouse.domain.plain_text import one_line
from gatehouse.domain.principal import administrator
from gatehouse.http import bodies
from gatehouse.http.answers import Answer
from gatehouse.http.routes.console.forms import Field, key_of, new_key, sentences_of
from gatehouse.http.routes.console.group_choices import by_name, group_choices
from gatehouse.http.routes.console.groups import concerns
from gatehouse.http.routes.console.visit import Errors, Pages, Visit
from gatehouse.usecases.account import change_account, read_account
from gatehouse.usecases.affected import affected_by

pages = Pages()
HERE: Final = "/console/settings/types-denied"
_SHOWN: Final = 20
"""For how many groups it is said whom they concern."""


@pages.at("GET /console/settings/types-denied")
def show_denials(visit: Visit) -> Answer:
    administrator(visit.person, "see which resource types are denied")
    if "type" not in visit.query:
        return _list_page(visit)
    kind = visit.query["type"].strip()
    had = visit.account.policy.groups_denied(kind)
    wanted = _ticked(visit.query) if "sent" in visit.query else had
    try:
        _change(visit, kind, wanted)
    except (Malformed, Refused) as refusal:
        errors = sentences_of(refusal, _fields(kind))
        return (
            _question(visit, kind, wanted, errors)
            if "type" not in errors
            else _list_page(visit, errors)
        )
    if visit.query.get("next") != "check":
        return _question(visit, kind, wanted)
    return _check(visit, kind, wanted)


@pages.at("POST /console/settings/types-denied")
def save_denial(visit: Visit) -> Answer:
    administrator(visit.person, "change account settings")
    kind, wanted = visit.form.get("type", "").strip(), visit.ticked("group.")
    etag = visit.form.get("etag", "")
    try:
        change = _change(visit, kind, wanted).change()
        visit.once(
            key_of(visit),
            lambda keep: change_account(visit.ports, visit.person, change, etag, keep),
            lambda _: {},
        )
    except (Malformed, Refused) as refusal:
        errors = sentences_of(refusal, _fields(kind))
        return (
            _list_page(visit, errors)
            if "type" in errors
            else _question(visit, kind, wanted, errors)
        )
    except EtagStale as stale:
        return _check(visit, kind, wanted, {"changes": stale.detail}, 412)
    said = (
        f"{one_line(kind)} is denied as you chose"
        if wanted
        else f"{one_line(kind)} is denied to nobody"
    )
    return visit.go(HERE, f"{said}, from the next click on.")


_EMPTY: Final = "Enter the type of resource, such as password."


def _fields(kind: str) -> dict[str, Field]:
    groups = Field("groups", "The groups", "Tick at least one group.")
    return {
        "/type": Field("type", "The type", _EMPTY),
        "/denied_resource_types": groups,
        f"/denied_resource_types/{kind}": groups,
    }


def _change(visit: Visit, kind: str, wanted: frozenset[str]) -> bodies.AccountChangeBody:
    """Read a choice as the API reads its body. Raises Malformed or Refused."""
    if not kind:
        raise Refused.at("/type", _EMPTY)
    if kind == "organization":
        raise Refused.at(
            "/type",
            "The type must be of something in an organization: the organization itself is denied "
            "by not granting it.",
        )
    now = visit.account.policy.denied_resource_types
    denied = {name: sorted(groups) for name, groups in now.items()} | {kind: sorted(wanted)}
    try:
        return bodies.read(bodies.AccountChangeBody, {"denied_resource_types": denied})
    except Malformed as wrong:
        sentence = (
            "The type must be one word of letters, digits and _.:-, a letter first."
            if any(one.pointer.endswith("[key]") for one in wrong.fields)
            else wrong.detail
        )
        raise Refused.at("/type", sentence) from wrong


def _list_page(visit: Visit, errors: Errors | None = None) -> Answer:
    account = read_account(visit.ports, visit.person)
    denied = account.policy.denied_resource_types
    names = _names(visit, frozenset[str]().union(*denied.values()))
    return visit.page(
        "types-denied",
        422 if errors else 200,
        errors=errors,
        here=HERE,
        denied=[
            {
                "type": name,
                "groups": [names[group_id] for group_id in groups if group_id in names],
                "change": f"{HERE}?{urlencode({'type': name})}",
            }
            for name, groups in sorted(denied.items())
        ],
        known=sorted({*account.policy.resource_types} - {*denied}),
        typed=(visit.query.get("type") or visit.form.get("type", ""))[:100],
    )


def _question(
    visit: Visit, kind: str, wanted: frozenset[str], errors: Errors | None = None
) -> Answer:
    return visit.page(
        "types-denied-groups",
        422 if errors else 200,
        errors=errors,
        here=HERE,
        type=kind[:100],
        offered=group_choices(visit, visit.query, wanted, visit.account.policy.groups_denied(kind)),
    )


def _check(
    visit: Visit,
    kind: str,
    wanted: frozenset[str],
    errors: Errors | None = None,
    status: int = 200,
) -> Answer:
    account = read_account(visit.ports, visit.person)
    now = account.policy.groups_denied(kind)
    groups = visit.ports.store.directory.groups(visit.person.account_id, now | wanted)
    changed = [one for one in by_name(groups.values()) if one.group_id in now ^ wanted]
    return visit.page(
        "types-denied-check",
        status,
        errors=errors,
        here=HERE,
        type=kind,
        key=new_key(visit),
        etag=str(account.version),
        wanted=sorted(wanted),
        back=f"{HERE}?{urlencode({'type': kind, 'sent': 'on'} | {f'group.{one}': 'on' for one in sorted(wanted)})}",
        rows=[
            {
                "name": one.name,
                "now": "Denied" if one.group_id in now else "Not denied",
                "after": "Denied" if one.group_id in wanted else "Not denied",
                **concerns(visit, affected_by(visit.ports, visit.person, one.group_id)),
            }
            for one in changed[:_SHOWN]
        ],
        more=max(0, len(changed) - _SHOWN),
        denies=bool(wanted - now),
        lifts=bool(now - wanted),
    )


def _names(visit: Visit, group_ids: frozenset[str]) -> dict[str, str]:
    found = visit.ports.store.directory.groups(visit.person.account_id, group_ids)
    return {group_id: one_line(group.name) for group_id, group in found.items()}


def _ticked(sent: Mapping[str, Any]) -> frozenset[str]:
    prefix = "group."
    return frozenset(name.removeprefix(prefix) for name in sent if name.startswith(prefix))
