"""The changes that would turn a denial into an allow, each in one sentence.

A remedy says what stands in the way and who can change it. It changes nothing itself.
"""

from dataclasses import dataclass

from gatehouse.domain.roles import Role


@dataclass(frozen=True, slots=True)
class MapAction:
    """Let the account give the action a minimum role."""

    action: str

    @property
    def sentence(self) -> str:
        return f"Map the action {self.action} to a minimum role in the account's settings."


@dataclass(frozen=True, slots=True)
class ActivateConnection:
    """Let the connection become active; what else is missing shows only then."""

    connection_id: str

    @property
    def sentence(self) -> str:
        return "Let the guest accept the invitation, or invite it anew; then ask again."


@dataclass(frozen=True, slots=True)
class ReactivateUser:
    """Let the user's own company reactivate them."""

    user_id: str

    @property
    def sentence(self) -> str:
        return "Reactivate the user in their home account."


@dataclass(frozen=True, slots=True)
class RaiseOwnRole:
    """Let the user's own company give them at least this role."""

    user_id: str
    to: Role

    @property
    def sentence(self) -> str:
        return f"Raise the user's own role to {self.to.label}, in their home account."


@dataclass(frozen=True, slots=True)
class RaiseMaximumRole:
    """Let the host give the connection at least this maximum role."""

    connection_id: str
    to: Role

    @property
    def sentence(self) -> str:
        return f"Raise the connection's maximum role to {self.to.label}."


@dataclass(frozen=True, slots=True)
class RemoveRule:
    """Let the host take the rule away that denies this one person."""

    connection_id: str
    user_id: str

    @property
    def sentence(self) -> str:
        return f"Remove the rule that denies the user {self.user_id}."


@dataclass(frozen=True, slots=True)
class RaiseRulesRole:
    """Let the host give its rule for this one person at least this maximum role."""

    connection_id: str
    user_id: str
    to: Role

    @property
    def sentence(self) -> str:
        return f"Raise the maximum role of the rule for the user to {self.to.label}."


@dataclass(frozen=True, slots=True)
class AllowResourceType:
    """Let the account no longer deny the resource type to groups that the subject holds."""

    resource_type: str
    group_ids: tuple[str, ...]

    @property
    def sentence(self) -> str:
        groups = ", ".join(self.group_ids)
        return (
            f"Take the denial of the resource type {self.resource_type} from {groups} in the "
            "account's settings."
        )


@dataclass(frozen=True, slots=True)
class GrantOrganization:
    """Grant the organization directly, or add it to a group that is granted already.

    To the connection or to a user at home; with both ids, to the rule for one user.
    """

    organization_id: str
    connection_id: str | None
    user_id: str | None
    group_id: str | None

    @property
    def sentence(self) -> str:
        whom = "the connection" if self.connection_id else "the user"
        if self.connection_id and self.user_id:
            whom = "the rule for the user"
        group = f", or add it to the group {self.group_id}" if self.group_id else ""
        return f"Grant {whom} the organization {self.organization_id}{group}."


@dataclass(frozen=True, slots=True)
class ShowSecondFactor:
    """Let the person sign in with a second factor, and the application say so."""

    @property
    def sentence(self) -> str:
        return "Sign in with a second factor, and send amr or acr of that sign-in."


@dataclass(frozen=True, slots=True)
class UseNetwork:
    """Let the person come from a network that the host admits."""

    networks: tuple[str, ...]

    @property
    def sentence(self) -> str:
        return "Come from a network that the host allows, and send ip_address."


Remedy = (
    MapAction
    | ActivateConnection
    | ReactivateUser
    | RaiseOwnRole
    | RaiseMaximumRole
    | RemoveRule
    | RaiseRulesRole
    | AllowResourceType
    | GrantOrganization
    | ShowSecondFactor
    | UseNetwork
)
