"""What happens to an organization: created, renamed, put under a parent, deleted."""

from collections.abc import Mapping
from typing import Final

from gatehouse.domain.directory import Organization
from gatehouse.domain.errors import EtagStale, Malformed, Refused
from gatehouse.domain.plain_text import one_line
from gatehouse.http import bodies
from gatehouse.http.answers import Answer
from gatehouse.http.routes.console.forms import (
    OFFERED,
    Field,
    key_of,
    new_key,
    sentences_of,
    step,
    typed,
)
from gatehouse.http.routes.console.group_choices import is_search
from gatehouse.http.routes.console.organizations import PATH
from gatehouse.http.routes.console.visit import Errors, Page, Pages, Visit
from gatehouse.usecases import organizations
from gatehouse.usecases.find import find_organizations
from gatehouse.usecases.losing import losing_organization
from gatehouse.usecases.organizations import OrganizationChange, read_organization
from gatehouse.usecases.receipts import no_receipt
from gatehouse.usecases.remove_organization import remove_organization
from gatehouse.usecases.sift import Found
from gatehouse.usecases.writers import writer

pages = Pages()
_CHANGED: Final = (
    "Somebody else changed this organization while you did. Nothing was saved. Look at what "
    "stands here, which is what you typed, and save again."
)
_FIELDS: Final = {
    "/name": Field("name", "The name", "Enter the organization's name."),
    "/parent_id": Field("words", "The parent", "Choose a parent."),
}


@pages.at("GET /console/organizations/new")
def ask_for_organization(visit: Visit) -> Answer:
    _must_write(visit, "create organizations")
    return _form_page(visit, None)


@pages.at("POST /console/organizations/new")
def add_organization(visit: Visit) -> Answer:
    _must_write(visit, "create organizations")
    if is_search(visit, "words"):
        return _form_page(visit, None)
    try:
        body = bodies.read(
            bodies.OrganizationBody,
            {"name": typed(visit, "name"), "parent_id": visit.form.get("parent") or None},
        )
        done = visit.once(
            key_of(visit),
            lambda keep: organizations.create_organization(
                visit.ports, visit.person, body.name, body.parent_id, keep
            ),
            lambda made: {"organization_id": made.organization_id, "name": made.name},
        )
    except (Malformed, Refused) as refusal:
        return _form_page(visit, None, sentences_of(refusal, _FIELDS))
    return visit.go(
        f"{PATH}/{done['organization_id']}",
        f"{one_line(done['name'])} was created. Whoever has all organizations reaches it already.",
    )


@pages.at("GET /console/organizations/{organization_id}/{step}")
def show_step(visit: Visit) -> Answer:
    return step(visit, _SHOW)


@pages.at("POST /console/organizations/{organization_id}/{step}")
def take_step(visit: Visit) -> Answer:
    return step(visit, _TAKE)


def _ask_edit(visit: Visit) -> Answer:
    return _form_page(visit, _writable(visit, "change organizations"))


def _take_edit(visit: Visit) -> Answer:
    old = _writable(visit, "change organizations")
    if is_search(visit, "words"):
        return _form_page(visit, old)
    try:
        body = bodies.read(
            bodies.OrganizationChangeBody,
            {"name": typed(visit, "name"), "parent_id": visit.form.get("parent") or None},
        )
        changed = organizations.change_organization(
            visit.ports,
            visit.person,
            old.organization_id,
            OrganizationChange(body.name, body.parent_id),
            visit.form.get("etag", ""),
            no_receipt,
        )
    except (Malformed, Refused) as refusal:
        return _form_page(visit, old, sentences_of(refusal, _FIELDS))
    except EtagStale:
        return _form_page(visit, old, {"name": _CHANGED}, 412)
    return visit.go(f"{PATH}/{old.organization_id}", f"Saved as {one_line(changed.name)}.")


def _form_page(
    visit: Visit, old: Organization | None, errors: Errors | None = None, status: int = 422
) -> Answer:
    """Answer the form of a new organization or of one that is changed, with what was typed."""
    sent = bool(visit.form)
    words = (visit.form.get("words") or "").strip()[:100]
    chosen = visit.form.get("parent", "") if sent else (old.parent_id or "" if old else "")
    directory = visit.ports.store.directory
    parent = directory.organization(visit.person.account_id, chosen) if chosen else None
    apart = {chosen, old.organization_id if old else ""}
    found: Found[Organization] = Found(())
    if words:
        found = find_organizations(
            visit.ports,
            visit.person,
            words,
            None,
            OFFERED,
            lambda one: one.organization_id not in apart,
        )
    return visit.page(
        "organization-form",
        status if errors else 200,
        errors=errors,
        organization=old,
        key=new_key(visit),
        typed_name=typed(visit, "name") if sent else (old.name if old else ""),
        parent=parent,
        words=words,
        found=found.items,
        more=found.after is not None,
        stopped=found.stopped,
    )


def _ask_delete(visit: Visit) -> Answer:
    found = _writable(visit, "delete organizations")
    return visit.page(
        "organization-delete",
        organization=found,
        losing=losing_organization(visit.ports, visit.person, found.organization_id),
    )


def _take_delete(visit: Visit) -> Answer:
    found = _writable(visit, "delete organizations")
    remove_organization(visit.ports, visit.person, found.organization_id, None, no_receipt)
    return visit.go(PATH, f"{one_line(found.name)} was deleted. Nobody reaches it any more.")


_SHOW: Final[Mapping[str, Page]] = {"edit": _ask_edit, "delete": _ask_delete}
_TAKE: Final[Mapping[str, Page]] = {"edit": _take_edit, "delete": _take_delete}


def _must_write(visit: Visit, doing: str) -> None:
    writer(visit.person, doing).must_reach_everything(doing)


def _writable(visit: Visit, doing: str) -> Organization:
    _must_write(visit, doing)
    return read_organization(visit.ports, visit.person, visit.path["organization_id"])
