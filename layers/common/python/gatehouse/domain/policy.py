"""What an account demands of decisions: its own actions and resource types, MFA, networks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from gatehouse.domain.networks import admits
from gatehouse.domain.roles import ACTIONS, Role

ORGANIZATION: Final = "organization"
"""The resource type that is an organization itself."""
ORGANIZATION_PROPERTY: Final = "organization_id"
"""The property by which any other resource names its organization, unless the account says else."""

MULTI_FACTOR: Final = "mfa"
"""The authentication method that says there was more than one factor (RFC 8176)."""
MULTI_FACTOR_ACR: Final = frozenset({"phr", "phrh"})
"""Phishing-resistant authentication (OpenID Connect EAP ACR Values 1.0)."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """How and from where somebody acts, as the application reports it.

    ``amr`` and ``acr`` are those of the ID token (OpenID Connect Core 1.0, RFC 8176).
    """

    amr: frozenset[str] = field(default_factory=frozenset)
    acr: str | None = None
    ip_address: str | None = None

    @property
    def is_multi_factor(self) -> bool:
        """Say whether more than one factor was shown."""
        return MULTI_FACTOR in self.amr or self.acr in MULTI_FACTOR_ACR


@dataclass(frozen=True, slots=True)
class Policy:
    """An account's own rules on top of the role table.

    ``actions`` gives further action names their minimum role; ``resource_types`` names the
    property in which a type carries its organization; ``networks`` are CIDR blocks.
    ``denied_resource_types`` names the groups whose holders are denied a type everywhere.
    """

    actions: Mapping[str, Role] = field(default_factory=dict)
    resource_types: Mapping[str, str] = field(default_factory=dict)
    require_mfa: bool = False
    networks: tuple[str, ...] = ()
    denied_resource_types: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def minimum_role(self, action: str) -> Role | None:
        """Return the lowest role that may take an action; None if nobody knows the action."""
        return ACTIONS.get(action) or self.actions.get(action)

    def property_of(self, resource_type: str) -> str:
        """Return the property by which a resource of a type names its organization."""
        return self.resource_types.get(resource_type, ORGANIZATION_PROPERTY)

    def groups_denied(self, resource_type: str) -> frozenset[str]:
        """Return the groups whose holders are denied resources of a type."""
        return self.denied_resource_types.get(resource_type, frozenset())

    def admits(self, address: str | None) -> bool:
        """Say whether an address is in the account's networks; without networks any is."""
        return admits(self.networks, address)


NO_DEMANDS: Final = Policy()
UNKNOWN_CIRCUMSTANCES: Final = Circumstances()
