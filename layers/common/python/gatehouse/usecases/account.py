"""The caller's own account: create it, read it, change its settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from gatehouse.domain.account import Account, Region, clean_subdomain
from gatehouse.domain.activity import Resource
from gatehouse.domain.brand import Brand, Logo
from gatehouse.domain.demands import must_meet
from gatehouse.domain.errors import EmailTaken, Refused, SubdomainTaken, Unauthenticated
from gatehouse.domain.policy import ORGANIZATION, Policy
from gatehouse.domain.principal import Person, Principal, administrator
from gatehouse.domain.roles import ACTIONS, NEVER_DELEGATED, Role
from gatehouse.domain.seats import NO_PLAN, Plan
from gatehouse.domain.user import User
from gatehouse.usecases.changes import Change, Claim, Enrol, Remove, Save, SetPlan
from gatehouse.usecases.denials import check_denials, in_order
from gatehouse.usecases.entries import by_itself
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.racing import settled
from gatehouse.usecases.receipts import Keep
from gatehouse.usecases.writers import Writer, check_etag

USUAL_LIFETIME: Final = 7
"""Days an invitation lives unless the account says otherwise."""


@dataclass(frozen=True, slots=True)
class NewAccount:
    """A company to be, with the person who will run it."""

    subdomain: str
    name: str
    region: Region
    admin_email: str
    admin_name: str
    plan: Plan = NO_PLAN


@dataclass(frozen=True, slots=True)
class AccountChange:
    """What to change; None leaves a thing as it is."""

    name: str | None = None
    invitation_expires_in_days: int | None = None
    mapped_actions: Mapping[str, Role] | None = None
    mapped_resource_types: Mapping[str, str] | None = None
    require_mfa: bool | None = None
    ip_allow_list: tuple[str, ...] | None = None
    denied_resource_types: Mapping[str, frozenset[str]] | None = None
    publish_entries: bool | None = None
    colour: str | None = None
    """Empty is none of its own."""
    logo: Logo | None = None
    without_logo: bool = False

    def brand(self, old: Brand) -> Brand:
        """Return what the account looks like after the change."""
        logo_id = self.logo.logo_id if self.logo else old.logo_id
        return Brand(
            old.colour if self.colour is None else self.colour or None,
            None if self.without_logo else logo_id,
        )

    def policy(self, old: Policy) -> Policy:
        """Return what decisions demand after the change."""
        return Policy(
            old.actions if self.mapped_actions is None else self.mapped_actions,
            old.resource_types
            if self.mapped_resource_types is None
            else self.mapped_resource_types,
            old.require_mfa if self.require_mfa is None else self.require_mfa,
            old.networks if self.ip_allow_list is None else self.ip_allow_list,
            old.denied_resource_types
            if self.denied_resource_types is None
            else {name: groups for name, groups in self.denied_resource_types.items() if groups},
        )


def create_account(ports: Ports, new: NewAccount) -> tuple[Account, User]:
    """Set up an account with its first Administrator, who signs in with that address."""
    subdomain = clean_subdomain(new.subdomain)
    if subdomain is None:
        raise Refused.at(
            "/subdomain", "A subdomain must be one label of letters, digits and hyphens."
        )
    now = ports.clock.now()
    account = Account(ports.ids.account(), subdomain, new.name, new.region, USUAL_LIFETIME, now)
    user = User(
        account_id=account.account_id,
        user_id=ports.ids.user(account.account_id),
        email=new.admin_email,
        name=new.admin_name,
        role=Role.ADMINISTRATOR,
        created_at=now,
    )
    ports.store.commit(
        Save(account),
        SetPlan(account.account_id, new.plan),
        Claim(
            "subdomain",
            subdomain,
            account.account_id,
            SubdomainTaken(f"There is already an account {subdomain}. Choose another subdomain."),
        ),
        Save(user),
        Claim(
            "email",
            user.email,
            user.user_id,
            EmailTaken("This e-mail address already belongs to a user. Use another one."),
        ),
        Enrol(user),
        by_itself(
            ports,
            account.account_id,
            "account.created",
            Resource("account", account.account_id, account.name),
        ),
    )
    return account, user


def read_account(ports: Ports, principal: Principal) -> Account:
    """Return the caller's account."""
    return _own(ports, administrator(principal, "see account settings").account_id)


def change_account(
    ports: Ports, principal: Principal, change: AccountChange, etag: str | None, keep: Keep
) -> Account:
    """Change the account's settings; subdomain and region never change."""
    person = administrator(principal, "change account settings")
    who = Writer(person)
    for name in sorted(change.mapped_actions or ()):
        if name in NEVER_DELEGATED:
            raise Refused.at(
                f"/mapped_actions/{name}", f"{name} is never delegated, so it cannot be mapped."
            )
        if name in ACTIONS:
            raise Refused.at(
                f"/mapped_actions/{name}", f"{name} has its role already: {ACTIONS[name].label}."
            )
        if (change.mapped_actions or {})[name] is Role.LITE:
            raise Refused.at(
                f"/mapped_actions/{name}", "Lite gets in nowhere. Map to Read-only or higher."
            )
    if ORGANIZATION in (change.mapped_resource_types or ()):
        raise Refused.at(
            "/mapped_resource_types/organization", "An organization names itself by its own id."
        )

    def attempt() -> Account:
        old = _own(ports, who.account_id)
        new = considered(person, old, change, etag)
        fence = None
        if change.denied_resource_types is not None:
            fence = check_denials(ports, who.account_id, change.denied_resource_types)
        ports.store.commit(
            Save(new, old),
            *_logos(change, old, new),
            fence,
            who.still(),
            who.entry(
                ports,
                "account.changed",
                Resource("account", new.account_id, new.name),
                changed_settings(old, new),
            ),
            keep(new),
        )
        return new

    return settled(attempt)


def _logos(change: AccountChange, old: Account, new: Account) -> list[Change]:
    """Return what keeps the new logo in the place of the old one."""
    if new.brand.logo_id == old.brand.logo_id:
        return []
    changes: list[Change] = [Save(change.logo)] if change.logo else []
    if old.brand.logo_id is not None:
        changes.append(Remove(Logo(old.account_id, old.brand.logo_id)))
    return changes


def considered(person: Person, old: Account, change: AccountChange, etag: str | None) -> Account:
    """Return the account as a change would leave it, if this person may make it now."""
    must_meet(old, person)
    check_etag(etag, old.version)
    new = old.changed(
        name=change.name,
        invitation_expires_in_days=change.invitation_expires_in_days,
        policy=change.policy(old.policy),
        publishes_all_entries=change.publish_entries,
        brand=change.brand(old.brand),
    )
    _must_stay_in(person, new)
    return new


def _must_stay_in(person: Person, new: Account) -> None:
    """Refuse a change after which whoever makes it could not undo it."""
    if new.policy.require_mfa and not person.circumstances.is_multi_factor:
        raise Refused.at(
            "/require_mfa",
            "You signed in without a second factor: with this you would lock yourself out. "
            "Sign in with one, then demand it.",
        )
    address = person.origin.ip_address
    if not new.policy.admits(address):
        raise Refused.at(
            "/ip_allow_list",
            f"Your own address, {address or 'which is not known'}, is in none of these networks: "
            "with this list you would lock yourself out. Add a network that you work from.",
        )


def _own(ports: Ports, account_id: str) -> Account:
    account = ports.store.accounts.get(account_id)
    if account is None:
        raise Unauthenticated("Your account no longer exists.")
    return account


def changed_settings(old: Account, new: Account) -> dict[str, tuple[object, object]]:
    """Return what differs, as the log writes it: before and after."""
    pairs: dict[str, tuple[object, object]] = {
        "name": (old.name, new.name),
        "invitation_expires_in_days": (
            old.invitation_expires_in_days,
            new.invitation_expires_in_days,
        ),
        "mapped_actions": (dict(old.policy.actions), dict(new.policy.actions)),
        "mapped_resource_types": (
            dict(old.policy.resource_types),
            dict(new.policy.resource_types),
        ),
        "colour": (old.brand.colour, new.brand.colour),
        "logo_id": (old.brand.logo_id, new.brand.logo_id),
        "require_mfa": (old.policy.require_mfa, new.policy.require_mfa),
        "ip_allow_list": (list(old.policy.networks), list(new.policy.networks)),
        "publish_entries": (old.publishes_all_entries, new.publishes_all_entries),
        "denied_resource_types": (
            in_order(old.policy.denied_resource_types),
            in_order(new.policy.denied_resource_types),
        ),
    }
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
