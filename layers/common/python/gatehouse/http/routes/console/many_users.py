"""Changing many people alike: ticked in the list, asked what, shown what it means, done."""

from typing import Any, Final
from urllib.parse import urlencode

from gatehouse.domain.plain_text import one_line
from gatehouse.domain.roles import Role
from gatehouse.http.answers import Answer
from gatehouse.http.routes.console.forms import roles_of
from gatehouse.http.routes.console.group_choices import group_choices
from gatehouse.http.routes.console.users import PATH, row_of, users_page
from gatehouse.http.routes.console.visit import Errors, Pages, Visit
from gatehouse.usecases.many import MOST, Done, Wish, change_users, chosen_users
from gatehouse.usecases.users import Described
from gatehouse.usecases.writers import writer

pages = Pages()
_HERE: Final = f"{PATH}/change"


@pages.at("GET /console/users/change")
def ask_for_change(visit: Visit) -> Answer:
    chosen = _ticked(visit.query, "user.")
    if not chosen or len(chosen) > MOST:
        sentence = "Tick at least one person." if not chosen else f"Tick at most {MOST} people."
        return users_page(visit, {"people": sentence})
    found = chosen_users(visit.ports, visit.person, chosen)
    what = "groups" if visit.query.get("what") == "groups" else "role"
    if visit.query.get("next") != "check":
        return _question(visit, what, found)
    wish = _wish(visit.query, what)
    if wish == Wish():
        field, sentence = ("groups", "Tick at least one group.")
        if what == "role":
            field, sentence = ("role-read_only", "Choose a role.")
        return _question(visit, what, found, {field: sentence})
    return _check(visit, what, found, wish)


@pages.at("POST /console/users/change")
def change(visit: Visit) -> Answer:
    what = "groups" if visit.form.get("what") == "groups" else "role"
    chosen, wish = visit.ticked("user."), _wish(visit.form, what)
    done = change_users(visit.ports, visit.person, chosen, wish)
    refused = [one for one in done if one.refusal is not None]
    changed = sum(one.changed for one in done)
    if refused:
        return visit.page(
            "users-changed",
            409,
            changed=changed,
            refused=[_refusal(one) for one in refused],
            same=len(done) - changed - len(refused),
        )
    return visit.go(PATH, f"{_people(changed)} changed. It holds from their next click.")


def _question(
    visit: Visit, what: str, found: tuple[Described, ...], errors: Errors | None = None
) -> Answer:
    who = writer(visit.person, "change users")
    return visit.page(
        "users-change",
        422 if errors else 200,
        errors=errors,
        what=what,
        people=[row_of(one, who) for one in found],
        roles=roles_of(visit),
        role=visit.query.get("role", ""),
        way=visit.query.get("way", "add"),
        offered=group_choices(visit, visit.query, _ticked(visit.query, "group.")),
    )


def _check(visit: Visit, what: str, found: tuple[Described, ...], wish: Wish) -> Answer:
    named = visit.ports.store.directory.groups(visit.person.account_id, wish.add | wish.take)
    ids = frozenset[str]().union(*(one.group_ids for one in found))
    known = {**named, **visit.ports.store.directory.groups(visit.person.account_id, ids)}
    names = {group_id: one_line(group.name) for group_id, group in known.items()}
    rows = [_now_and_after(one, wish, what, names) for one in found]
    kept = {name: value for name, value in visit.query.items() if name != "next"}
    return visit.page(
        "users-check",
        what=what,
        rows=rows,
        count=sum(row["now"] != row["after"] for row in rows),
        role=wish.role.value if wish.role else None,
        sent=[(name, value) for name, value in kept.items() if _is_sent(name)],
        back=f"{_HERE}?{urlencode(kept)}",
    )


def _now_and_after(one: Described, wish: Wish, what: str, names: dict[str, str]) -> dict[str, Any]:
    if what == "role":
        role = wish.role or one.user.role
        return {"name": one.user.name, "now": one.user.role.label, "after": role.label}
    after = (one.group_ids | wish.add) - wish.take
    return {
        "name": one.user.name,
        "now": _names(one.group_ids, names),
        "after": _names(after, names),
    }


def _names(ids: frozenset[str], names: dict[str, str]) -> str:
    return (
        ", ".join(sorted((names[one] for one in ids if one in names), key=str.casefold)) or "None"
    )


def _wish(sent: Any, what: str) -> Wish:
    if what == "role":
        role = sent.get("role", "")
        return Wish(role=Role(role) if role in list(Role) else None)
    groups = _ticked(sent, "group.")
    return Wish(take=groups) if sent.get("way") == "take" else Wish(add=groups)


def _ticked(sent: Any, prefix: str) -> frozenset[str]:
    return frozenset(name.removeprefix(prefix) for name in sent if name.startswith(prefix))


def _is_sent(name: str) -> bool:
    return name in {"what", "role", "way"} or name.startswith(("user.", "group."))


def _refusal(one: Done) -> dict[str, str]:
    why = one.refusal.detail if one.refusal else ""
    return {"user_id": one.one.user.user_id, "name": one.one.user.name, "why": why}


def _people(count: int) -> str:
    return "1 person was" if count == 1 else f"{count} people were"
