"""An account: one company, named by its subdomain, with the settings it sets for itself."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from gatehouse.domain.brand import NO_BRAND, Brand
from gatehouse.domain.policy import NO_DEMANDS, Policy

_LABEL: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


class Region(StrEnum):
    """Where an account's data lives; accounts of different regions are never connected."""

    NA = "na"
    EU = "eu"
    AU = "au"


@dataclass(frozen=True, slots=True)
class AccountName:
    """An account as the other side of a connection sees it."""

    account_id: str
    subdomain: str
    name: str


@dataclass(frozen=True, slots=True)
class Account:
    """A company. Subdomain and region never change.

    The event bus hears of the steps of its connections, and of every other entry of its log if it
    ``publishes_all_entries``.
    """

    account_id: str
    subdomain: str
    name: str
    region: Region
    invitation_expires_in_days: int
    created_at: datetime
    policy: Policy = NO_DEMANDS
    publishes_all_entries: bool = False
    version: int = 1
    brand: Brand = NO_BRAND

    @property
    def named(self) -> AccountName:
        """Return what the other side may see."""
        return AccountName(self.account_id, self.subdomain, self.name)

    def changed(
        self,
        *,
        name: str | None = None,
        invitation_expires_in_days: int | None = None,
        policy: Policy | None = None,
        publishes_all_entries: bool | None = None,
        brand: Brand | None = None,
    ) -> "Account":
        """Return the account with new settings, one version on."""
        return replace(
            self,
            policy=self.policy if policy is None else policy,
            brand=self.brand if brand is None else brand,
            name=self.name if name is None else name,
            invitation_expires_in_days=(
                self.invitation_expires_in_days
                if invitation_expires_in_days is None
                else invitation_expires_in_days
            ),
            publishes_all_entries=(
                self.publishes_all_entries
                if publishes_all_entries is None
                else publishes_all_entries
            ),
            version=self.version + 1,
        )


def subdomain_in(text: str) -> str:
    """Return the subdomain in what somebody pasted: the first part of a whole address.

    What is no address comes back as it was.
    """
    address = text.strip()
    host = re.split(r"[/?#:]", address.rpartition("://")[2], maxsplit=1)[0]
    parts = host.removeprefix("www.").split(".")
    return address if "@" in address or not parts[0] else parts[0]


def clean_subdomain(text: str) -> str | None:
    """Trim and lower-case a subdomain; None if it is not one DNS label (RFC 1035)."""
    label = text.strip().lower()
    return label if _LABEL.fullmatch(label) else None
