"""Who may do what, once more: naively, from the product's rules and the contract's reasons alone.

Nothing here imports the product. Worlds are plain records of words and sets of words; a question
is answered by walking through the rules in the order in which they are written down.
"""

from dataclasses import dataclass, field

ROLES = ["lite", "read_only", "creator", "editor", "manager", "administrator"]
"""Lowest first."""

LOWEST = {
    "view": "read_only",
    "create": "creator",
    "edit": "creator",
    "archive": "creator",
    "delete": "editor",
    "restore": "manager",
}

NEVER = [
    *("manage_users", "manage_groups", "manage_organizations", "manage_connections"),
    *("change_permissions", "manage_account", "manage_api_keys", "view_logs", "import", "export"),
]


@dataclass
class Somebody:
    """A user of an account, with what they reach at home."""

    id: str
    home: str
    role: str
    active: bool
    groups: set[str] = field(default_factory=set)
    direct: set[str] = field(default_factory=set)
    everything: bool = False


@dataclass
class Link:
    """What a host has with a guest now."""

    id: str
    host: str
    guest: str
    state: str
    was_accepted: bool
    maximum: str
    groups: set[str] = field(default_factory=set)
    direct: set[str] = field(default_factory=set)
    everything: bool = False


@dataclass
class World:
    """Companies, their people, their organizations, and what they let each other do."""

    people: dict[str, Somebody]
    organizations: dict[str, str]
    """Organization → account."""
    reached: dict[str, set[str]]
    """Group → organizations."""
    links: dict[tuple[str, str], Link]
    """(Host, guest) → the newest connection of the two."""


@dataclass
class Said:
    """An answer in words."""

    reason: str
    own: str | None = None
    maximum: str | None = None
    effective: str | None = None
    via: str | None = None
    link: str | None = None


def ask(world: World, host: str, home: str, who: str, action: str, where: str) -> Said:
    """Answer whether ``who`` (an id that claims ``home``) may do something in ``host``."""
    if action in NEVER:
        return Said("action_never_delegated")
    if action not in LOWEST:
        return Said("action_unknown")
    person = world.people.get(who)
    link = None
    if home == host:
        if person is None:
            return Said("unknown_subject")
    else:
        link = world.links.get((host, home))
        if link is None:
            return Said("unknown_subject")
        if person is None and link.was_accepted:
            return Said("unknown_subject")
        if person is None or link.state != "active":
            return Said("connection_not_active")
    maximum = link.maximum if link else None
    effective = person.role
    if maximum is not None and ROLES.index(maximum) < ROLES.index(effective):
        effective = maximum

    def said(reason: str, via: str | None = None) -> Said:
        return Said(reason, person.role, maximum, effective, via, link.id if link else None)

    if not person.active:
        return said("subject_inactive")
    if person.role == "lite":
        return said("role_not_admitted")
    if world.organizations.get(where) != host:
        return said("unknown_resource")
    via = way(world, link, where) if link else way_at_home(world, person, where)
    if via is None:
        return said("organization_not_granted")
    if ROLES.index(effective) < ROLES.index(LOWEST[action]):
        return said("role_too_low")
    return said("allowed", via)


def way(world: World, holder: Link | Somebody, where: str) -> str | None:
    """Say through what a connection or a user reaches an organization; None if not at all."""
    if holder.everything:
        return "all"
    if where in holder.direct:
        return "direct"
    groups = sorted(group for group in holder.groups if where in world.reached.get(group, ()))
    return f"group:{groups[0]}" if groups else None


def way_at_home(world: World, person: Somebody, where: str) -> str | None:
    return "all" if person.role == "administrator" else way(world, person, where)
