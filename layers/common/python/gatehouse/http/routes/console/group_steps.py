"""What happens to one group: renamed, deleted; who is in it, and what it reaches."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from gatehouse.domain.errors import EtagStale, GatehouseError, Malformed, Refused, Unable
from gatehouse.domain.plain_text import one_line
from gatehouse.domain.principal import administrator
from gatehouse.http.answers import Answer
from gatehouse.http.routes.console.forms import OFFERED, SHOWN, sentences_of, step, typed, words_of
from gatehouse.http.routes.console.groups import FIELDS, PATH, concerns, read_group
from gatehouse.http.routes.console.visit import Errors, Page, Pages, Visit
from gatehouse.usecases import groups
from gatehouse.usecases.affected import affected_by
from gatehouse.usecases.find import find_colleagues, find_organizations
from gatehouse.usecases.groups import GroupChange, change_reach
from gatehouse.usecases.losing import losing_group
from gatehouse.usecases.memberships import change_membership
from gatehouse.usecases.receipts import no_receipt
from gatehouse.usecases.remove_group import remove_group
from gatehouse.usecases.sift import Found
from gatehouse.usecases.writers import writer

pages = Pages()
_CHANGED: Final = (
    "Somebody else changed this group while you did. Nothing was saved. Look at what stands here, "
    "which is what you typed, and save again."
)


@pages.at("GET /console/groups/{group_id}/{step}")
def show_step(visit: Visit) -> Answer:
    return step(visit, _SHOW)


@pages.at("POST /console/groups/{group_id}/{step}")
def take_step(visit: Visit) -> Answer:
    return step(visit, _TAKE)


# ---- its name


def _take_edit(visit: Visit) -> Answer:
    group_id = visit.path["group_id"]
    writer(visit.person, "change groups").must_have_groups({group_id})
    try:
        body = read_group(visit)
        changed = groups.change_group(
            visit.ports,
            visit.person,
            group_id,
            GroupChange(body.name, body.description),
            visit.form.get("etag", ""),
            no_receipt,
        )
    except (Malformed, Refused) as refusal:
        return _edit_page(visit, sentences_of(refusal, FIELDS))
    except EtagStale:
        return _edit_page(visit, {"name": _CHANGED}, 412)
    return visit.go(f"{PATH}/{group_id}", f"The group is now {one_line(changed.name)}.")


def _edit_page(visit: Visit, errors: Errors | None = None, status: int = 422) -> Answer:
    group = groups.read_group(visit.ports, visit.person, visit.path["group_id"])
    return visit.page(
        "group-edit",
        status if errors else 200,
        errors=errors,
        group=group,
        typed={
            "name": typed(visit, "name") if errors else group.name,
            "description": visit.form.get("description", "") if errors else group.description,
        },
    )


# ---- deleted


def _ask_delete(visit: Visit) -> Answer:
    administrator(visit.person, "delete groups")
    group_id = visit.path["group_id"]
    group = groups.read_group(visit.ports, visit.person, group_id)
    return visit.page(
        "group-delete",
        group=group,
        affected=affected_by(visit.ports, visit.person, group_id),
        losing=losing_group(visit.ports, visit.person, group_id),
    )


def _take_delete(visit: Visit) -> Answer:
    administrator(visit.person, "delete groups")
    group_id = visit.path["group_id"]
    name = groups.read_group(visit.ports, visit.person, group_id).name
    remove_group(visit.ports, visit.person, group_id, None, no_receipt)
    return visit.go(PATH, f"The group {one_line(name)} was deleted. Nobody has it any more.")


# ---- who is in it, and what it reaches


def _members_page(visit: Visit, errors: Errors | None = None) -> Answer:
    group_id = visit.path["group_id"]
    who = writer(visit.person, "change the members of groups")
    purpose = f"console members {group_id}"
    members = groups.group_members(
        visit.ports, visit.person, group_id, visit.call.after(purpose), SHOWN
    )
    found = find_colleagues(
        visit.ports, visit.person, words_of(visit), OFFERED, without_group=group_id
    )
    shown = [
        {"user_id": m.user_id, "name": m.name, "email": m.email, "may": who.touches(m.role)}
        for m in sorted(members.items, key=lambda user: user.name.casefold())
    ]
    more = visit.more(purpose, members.after)
    return _holding_page(visit, "group-members", errors, found, next=more, members=shown)


def _organizations_page(visit: Visit, errors: Errors | None = None) -> Answer:
    group_id = visit.path["group_id"]
    purpose = f"console reach {group_id}"
    reached = groups.group_organizations(
        visit.ports, visit.person, group_id, visit.call.after(purpose), SHOWN
    )
    found = find_organizations(
        visit.ports,
        visit.person,
        words_of(visit),
        None,
        OFFERED,
        lambda one: group_id not in one.groups,
    )
    shown = sorted(reached.items, key=lambda one: one.name.casefold())
    more = visit.more(purpose, reached.after)
    return _holding_page(
        visit, "group-organizations", errors, found, next=more, organizations=shown
    )


def _holding_page(
    visit: Visit, name: str, errors: Errors | None, found: Found[Any], **shown: Any
) -> Answer:
    """Answer the page of what a group holds, with what was found to be added."""
    group_id = visit.path["group_id"]
    return visit.page(
        name,
        422 if errors else 200,
        errors=errors,
        group=groups.read_group(visit.ports, visit.person, group_id),
        later="cursor" in visit.query,
        words=words_of(visit),
        found=found.items,
        more=found.after is not None,
        stopped=found.stopped,
        **shown,
        **concerns(visit, affected_by(visit.ports, visit.person, group_id)),
    )


def _take_members(visit: Visit) -> Answer:
    def change(group_id: str, user_id: str, adds: bool) -> None:
        change_membership(
            visit.ports, visit.person, group_id, user_id, member=adds, keep=no_receipt
        )

    return _each(visit, "user", ("person", "people"), change, _members_page)


def _take_organizations(visit: Visit) -> Answer:
    def change(group_id: str, organization_id: str, adds: bool) -> None:
        change_reach(
            visit.ports, visit.person, group_id, organization_id, reached=adds, keep=no_receipt
        )

    words = ("organization", "organizations")
    return _each(visit, "organization", words, change, _organizations_page)


def _each(
    visit: Visit,
    prefix: str,
    words: tuple[str, str],
    change: Callable[[str, str, bool], None],
    page: Callable[[Visit, Errors], Answer],
) -> Answer:
    """Put in or take out each that is ticked, each at its own instant; say what stopped the rest."""
    group_id, takes = visit.path["group_id"], visit.form.get("next") == "take"
    writer(visit.person, "change groups").must_have_groups({group_id})
    one, many = words
    chosen = sorted(visit.ticked(f"{prefix}."))
    place = "held" if takes else "words"
    if not chosen:
        return page(visit, {place: f"Tick at least one {one}."})
    if len(chosen) > SHOWN:
        return page(visit, {place: f"Tick at most {SHOWN} {many} at once."})
    for done, each in enumerate(chosen):
        try:
            change(group_id, each, not takes)
        except Unable:
            raise
        except GatehouseError as refusal:
            if done == 0:
                raise
            return page(visit, {place: f"{done} of {len(chosen)} done. {refusal.detail}"})
    count = f"1 {one}" if len(chosen) == 1 else f"{len(chosen)} {many}"
    said = f"{count} taken out." if takes else f"{count} added."
    return visit.go(visit.call.event["rawPath"], f"{said} It holds at once.")


_SHOW: Final[Mapping[str, Page]] = {
    "edit": _edit_page,
    "delete": _ask_delete,
    "members": _members_page,
    "organizations": _organizations_page,
}
_TAKE: Final[Mapping[str, Page]] = {
    "edit": _take_edit,
    "delete": _take_delete,
    "members": _take_members,
    "organizations": _take_organizations,
}
