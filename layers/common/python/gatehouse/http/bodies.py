"""The bodies of requests, as pydantic reads them: strict, closed, and free of control characters.

What is not of the documented shape is 400; what is well formed and lacks a required field is 422.
"""

import ipaddress
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final, TypeVar

from email_validator import EmailNotValidError, validate_email
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from gatehouse.domain.account import Region
from gatehouse.domain.activity import Resource
from gatehouse.domain.api_key import ApiScope
from gatehouse.domain.errors import FieldError, Malformed, Refused
from gatehouse.domain.grant import Scope
from gatehouse.domain.moments import from_text
from gatehouse.domain.roles import Role
from gatehouse.domain.user import Status
from gatehouse.usecases.account import AccountChange, NewAccount
from gatehouse.usecases.api_keys import KeyChange
from gatehouse.usecases.groups import GroupChange
from gatehouse.usecases.invite import Invitation
from gatehouse.usecases.organizations import UNCHANGED, OrganizationChange
from gatehouse.usecases.ports import Limits
from gatehouse.usecases.regrant import Terms
from gatehouse.usecases.report import Report
from gatehouse.usecases.users import NewUser, UserChange

_TEXT_BREAKS: Final = frozenset("\n\t")
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})
_JOINERS: Final = frozenset("\u200c\u200d")
"""Scripts such as Persian, and many emoji, need them; they reorder nothing."""


def _one_line(text: str) -> str:
    if any(unicodedata.category(one) in _INVISIBLE and one not in _JOINERS for one in text):
        raise ValueError("must not have line breaks, control or direction characters")
    return text


def _many_lines(text: str) -> str:
    text = text.replace("\r\n", "\n")
    if any(
        unicodedata.category(one) in _INVISIBLE and one not in _TEXT_BREAKS | _JOINERS
        for one in text
    ):
        raise ValueError("must not have control or direction characters")
    return text


def _email(text: str) -> str:
    try:
        found = validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError as wrong:
        raise ValueError(f"must be an e-mail address: {wrong}") from None
    return found.normalized.lower()


def _moment(text: str) -> datetime:
    try:
        return from_text(text)
    except ValueError:
        raise ValueError("must be a time such as 2026-11-21T22:43:01.123Z") from None


def _network(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text))
    except ValueError:
        raise ValueError("must be a network such as 192.0.2.0/24 or 2001:db8::/32") from None


def _unique(ids: list[str]) -> list[str]:
    if len(set(ids)) != len(ids):
        raise ValueError("must not name the same id twice")
    return ids


Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(_one_line),
]
Short = Annotated[str, StringConstraints(max_length=200), AfterValidator(_one_line)]
Text = Annotated[str, StringConstraints(max_length=2_000), AfterValidator(_many_lines)]
Email = Annotated[str, StringConstraints(max_length=320), AfterValidator(_email)]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z]{3}_[a-z0-9_]{1,60}$")]
Ids = Annotated[list[Id], AfterValidator(_unique)]
Word = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z][a-zA-Z0-9_.:-]{0,63}$")]
Network = Annotated[str, StringConstraints(max_length=50), AfterValidator(_network)]
Days = Annotated[int, Field(ge=1, le=30)]
Scopes = Annotated[
    list[Annotated[ApiScope, Field(strict=False)]], Field(min_length=1, max_length=20)
]


class Body(BaseModel):
    """A closed, strict body: no field it does not know, no text for a number."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class ScopeBody(Body):
    group_ids: Ids = []
    organization_ids: Ids = []
    all_organizations: bool = False

    @property
    def scope(self) -> Scope:
        return Scope(
            frozenset(self.group_ids), frozenset(self.organization_ids), self.all_organizations
        )


class InvitationBody(ScopeBody):
    guest_subdomain: Annotated[str, StringConstraints(max_length=200)]
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


class GrantBody(Body):
    maximum_role: Role = Field(strict=False)
    group_ids: Ids
    organization_ids: Ids
    all_organizations: bool

    def terms(self, etag: str) -> Terms:
        return Terms(
            self.maximum_role,
            Scope(
                frozenset(self.group_ids), frozenset(self.organization_ids), self.all_organizations
            ),
            etag,
        )


class DeclineBody(Body):
    reason: Text | None = None


class UserBody(ScopeBody):
    email: Email
    name: Name
    role: Role = Field(strict=False)

    def user(self) -> NewUser:
        return NewUser(self.email, self.name, self.role, self.scope)


class UserChangeBody(Body):
    email: Email | None = None
    name: Name | None = None
    role: Role | None = Field(default=None, strict=False)
    status: Status | None = Field(default=None, strict=False)
    group_ids: Ids | None = None
    organization_ids: Ids | None = None
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


class ApiKeyBody(Body):
    name: Name
    scopes: Scopes


class ApiKeyChangeBody(Body):
    name: Name | None = None
    scopes: Scopes | None = None

    def change(self) -> KeyChange:
        return KeyChange(self.name, None if self.scopes is None else frozenset(self.scopes))


class AccountBody(Body):
    """What ``make create-account`` sends."""

    subdomain: Annotated[str, StringConstraints(max_length=200)]
    name: Name
    region: Region = Field(strict=False)
    admin_email: Email
    admin_name: Name | None = None

    def account(self) -> NewAccount:
        return NewAccount(
            self.subdomain,
            self.name,
            self.region,
            self.admin_email,
            self.admin_name or self.admin_email,
        )


class AccountChangeBody(Body):
    name: Name | None = None
    invitation_expires_in_days: Days | None = None
    mapped_actions: (
        Annotated[dict[Word, Annotated[Role, Field(strict=False)]], Field(max_length=200)] | None
    ) = None
    mapped_resource_types: Annotated[dict[Word, Word], Field(max_length=200)] | None = None
    require_mfa: bool | None = None
    ip_allow_list: Annotated[list[Network], Field(max_length=200)] | None = None

    def change(self) -> AccountChange:
        return AccountChange(
            self.name,
            self.invitation_expires_in_days,
            self.mapped_actions,
            self.mapped_resource_types,
            self.require_mfa,
            None if self.ip_allow_list is None else tuple(self.ip_allow_list),
        )


class ResourceBody(Body):
    type: Annotated[str, StringConstraints(min_length=1, max_length=100), AfterValidator(_one_line)]
    id: Short | None = None
    name: Short | None = None


class ActivityBody(Body):
    user_id: Short
    action: Annotated[
        str, StringConstraints(min_length=1, max_length=100), AfterValidator(_one_line)
    ]
    organization_id: Short
    resource: ResourceBody
    activity_id: Short | None = None
    ip_address: Short | None = None
    user_agent: (
        Annotated[str, StringConstraints(max_length=300), AfterValidator(_one_line)] | None
    ) = None
    time: Annotated[str, AfterValidator(_moment)] | None = None

    def report(self) -> Report:
        time: Any = self.time
        return Report(
            self.user_id,
            self.action,
            self.organization_id,
            Resource(self.resource.type, self.resource.id, self.resource.name),
            self.activity_id,
            self.ip_address,
            self.user_agent,
            time,
        )


class ActivitiesBody(Body):
    activities: Annotated[list[ActivityBody], Field(min_length=1, max_length=100)]


B = TypeVar("B", bound=Body)


def read(model: type[B], body: Mapping[str, Any]) -> B:
    """Read a body. Raises Malformed (400), or Refused (422) if only required fields are missing."""
    try:
        return model.model_validate(body)
    except ValidationError as wrong:
        found = wrong.errors(include_url=False, include_input=False)
    fields = [FieldError(_pointer(one["loc"]), _sentence(one)) for one in found]
    names = ", ".join(dict.fromkeys(field.pointer for field in fields))
    if all(one["type"] == "missing" for one in found):
        raise Refused(f"Required fields are missing: {names}.", fields=fields)
    raise Malformed(f"The body is not of the documented shape: {names}.", fields=fields)


def check_sizes(limits: Limits, scope: Scope) -> None:
    """Refuse more ids than one request may name."""
    for pointer, ids, most in (
        ("/group_ids", scope.group_ids, limits.group_ids),
        ("/organization_ids", scope.organization_ids, limits.organization_ids),
    ):
        if len(ids) > most:
            detail = (
                f"A request names at most {most} ids here, this one {len(ids)}. "
                "Use groups, or all organizations, for more."
            )
            raise Malformed(detail, fields=[FieldError(pointer, detail)])


def _pointer(location: tuple[int | str, ...]) -> str:
    escaped = (str(part).replace("~", "~0").replace("/", "~1")[:100] for part in location)
    return "".join(f"/{part}" for part in escaped)


def _sentence(error: Mapping[str, Any]) -> str:
    kind: str = error["type"]
    context = error.get("ctx", {})
    sentences: dict[str, str] = {
        "missing": "This field is required.",
        "extra_forbidden": "There is no field of this name here.",
        "string_too_long": f"This must have at most {context.get('max_length')} characters.",
        "string_too_short": "This must not be empty.",
        "string_pattern_mismatch": "This is no id of ours.",
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
