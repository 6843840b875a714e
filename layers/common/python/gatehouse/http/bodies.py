"""The bodies of requests, as pydantic reads them: strict, closed, and free of control characters.

What is not of the documented shape is 400; what is well formed and lacks a required field is 422.
"""

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gatehouse.domain.errors import FieldError, Malformed, Refused
from gatehouse.domain.grant import Scope
from gatehouse.domain.limits import Limits
from gatehouse.domain.roles import Role
from gatehouse.domain.sheet import SheetKind
from gatehouse.domain.user import Status
from gatehouse.http.fields import (
    Colour,
    Days,
    Denials,
    Email,
    GroupIds,
    Id,
    Name,
    Networks,
    OrganizationIds,
    Subdomain,
    Text,
    Word,
)
from gatehouse.http.reading import pointer
from gatehouse.usecases.account import AccountChange
from gatehouse.usecases.groups import GroupChange
from gatehouse.usecases.imports import WantedImport
from gatehouse.usecases.invite import Invitation
from gatehouse.usecases.organizations import UNCHANGED, OrganizationChange
from gatehouse.usecases.regrant import Terms
from gatehouse.usecases.users import NewUser, UserChange


class Body(BaseModel):
    """A closed, strict body: no field it does not know, no text for a number."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class ScopeBody(Body):
    group_ids: GroupIds = []
    organization_ids: OrganizationIds = []
    all_organizations: bool = False

    @property
    def scope(self) -> Scope:
        return Scope(
            frozenset(self.group_ids), frozenset(self.organization_ids), self.all_organizations
        )


class InvitationBody(ScopeBody):
    guest_subdomain: Subdomain
    maximum_role: Role = Field(strict=False)
    message: Text | None = None
    invitation_expires_in_days: Days | None = None

    def invitation(self) -> Invitation:
        message = (self.message or "").strip() or None
        return Invitation(
            self.guest_subdomain,
            self.maximum_role,
            self.scope,
            message,
            self.invitation_expires_in_days,
        )


class PreviewBody(InvitationBody):  # whom it is for plays no part
    guest_subdomain: Subdomain | None = None  # type: ignore[assignment]  # optional here


class GrantBody(ScopeBody):
    maximum_role: Role = Field(strict=False)
    group_ids: GroupIds
    organization_ids: OrganizationIds
    all_organizations: bool

    def terms(self, etag: str) -> Terms:
        return Terms(self.maximum_role, self.scope, etag)


class DeclineBody(Body):
    reason: Text | None = None


class UserBody(ScopeBody):
    email: Email
    name: Name
    role: Role = Field(strict=False)
    send_invitation: bool = True

    def user(self) -> NewUser:
        return NewUser(self.email, self.name, self.role, self.scope, self.send_invitation)


class UserChangeBody(Body):
    email: Email | None = None
    name: Name | None = None
    role: Role | None = Field(default=None, strict=False)
    status: Status | None = Field(default=None, strict=False)
    group_ids: GroupIds | None = None
    organization_ids: OrganizationIds | None = None
    all_organizations: bool | None = None

    @property
    def scope(self) -> Scope:
        return Scope(frozenset(self.group_ids or ()), frozenset(self.organization_ids or ()))

    def change(self) -> UserChange:
        return UserChange(
            self.email,
            self.name,
            self.role,
            self.status,
            None if self.group_ids is None else frozenset(self.group_ids),
            None if self.organization_ids is None else frozenset(self.organization_ids),
            self.all_organizations,
        )


class GroupBody(Body):
    name: Name
    description: Text = ""


class GroupChangeBody(Body):
    name: Name | None = None
    description: Text | None = None

    def change(self) -> GroupChange:
        return GroupChange(self.name, self.description)


class OrganizationBody(Body):
    name: Name
    parent_id: Id | None = None


class OrganizationChangeBody(Body):
    name: Name | None = None
    parent_id: Id | None = None

    def change(self) -> OrganizationChange:
        parent = self.parent_id if "parent_id" in self.model_fields_set else UNCHANGED
        return OrganizationChange(self.name, parent)


class ImportBody(Body):
    kind: SheetKind = Field(strict=False)
    dry_run: bool = False
    partial: bool = False
    send_invitations: bool = False

    def wanted(self) -> WantedImport:
        return WantedImport(self.kind, self.dry_run, self.partial, self.send_invitations)


class AccountChangeBody(Body):
    name: Name | None = None
    invitation_expires_in_days: Days | None = None
    mapped_actions: (
        Annotated[dict[Word, Annotated[Role, Field(strict=False)]], Field(max_length=200)] | None
    ) = None
    mapped_resource_types: Annotated[dict[Word, Word], Field(max_length=200)] | None = None
    require_mfa: bool | None = None
    ip_allow_list: Networks | None = None
    denied_resource_types: Denials | None = None
    publish_entries: bool | None = None
    colour: Colour | None = None

    def change(self) -> AccountChange:
        return AccountChange(
            self.name,
            self.invitation_expires_in_days,
            self.mapped_actions,
            self.mapped_resource_types,
            self.require_mfa,
            None if self.ip_allow_list is None else tuple(self.ip_allow_list),
            None
            if self.denied_resource_types is None
            else {name: frozenset(ids) for name, ids in self.denied_resource_types.items()},
            self.publish_entries,
            (self.colour or "") if "colour" in self.model_fields_set else None,
        )


B = TypeVar("B", bound=Body)


def read(model: type[B], body: Mapping[str, Any]) -> B:
    """Read a body. Raises Malformed (400), or Refused (422) if only required fields are missing."""
    try:
        return model.model_validate(body)
    except ValidationError as wrong:
        found = wrong.errors(include_url=False, include_input=False)
    fields = [FieldError(pointer(*one["loc"]), sentence(one)) for one in found]
    names = ", ".join(dict.fromkeys(field.pointer for field in fields))
    if all(one["type"] == "missing" for one in found):
        raise Refused(f"Required fields are missing: {names}.", fields=fields)
    raise Malformed(f"The body is not of the documented shape: {names}.", fields=fields)


def check_sizes(limits: Limits, scope: Scope) -> None:
    """Refuse more ids than one request may name."""
    for at, ids, most in (
        ("/group_ids", scope.group_ids, limits.group_ids),
        ("/organization_ids", scope.organization_ids, limits.organization_ids),
    ):
        if len(ids) > most:
            detail = (
                f"A request names at most {most} ids here, this one {len(ids)}. "
                "Use groups, or all organizations, for more."
            )
            raise Malformed(detail, fields=[FieldError(at, detail)])


def sentence(error: Mapping[str, Any]) -> str:
    """Say in words what pydantic found."""
    kind: str = error["type"]
    context = error.get("ctx", {})
    sentences: dict[str, str] = {
        "missing": "This field is required.",
        "extra_forbidden": "There is no field of this name here.",
        "string_too_long": f"This must have at most {context.get('max_length')} characters.",
        "string_too_short": "This must not be empty.",
        "string_pattern_mismatch": "This must be one word of letters, digits and _.:-, a letter first.",
        "string_type": "This must be text.",
        "bool_type": "This must be true or false.",
        "int_type": "This must be a whole number.",
        "list_type": "This must be a list.",
        "enum": f"This must be one of {context.get('expected')}.",
        "value_error": f"This {context.get('error')}.",
        "model_type": "This must be an object.",
        "too_long": f"This must have at most {context.get('max_length')} items.",
        "too_short": "This must not be empty.",
        "greater_than_equal": f"This must be at least {context.get('ge')}.",
        "less_than_equal": f"This must be at most {context.get('le')}.",
    }
    return sentences.get(kind, str(error["msg"]))
