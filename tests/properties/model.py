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
class Single:
    """What a host has set for one person, in the place of what the connection lets everybody do."""

    link: str
    denied: bool
    maximum: str | None
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
    rules: dict[tuple[str, str], Single] = field(default_factory=dict)
    """(Host, user) → what the host has set for that user, for whichever connection."""
    forbidden: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    """Account → type of resource → groups whose holders are denied it."""


@dataclass
class Said:
    """An answer in words."""

    reason: str
    own: str | None = None
    maximum: str | None = None
    effective: str | None = None
    via: str | None = None
    link: str | None = None
    rule: bool = False


def ask(
    world: World,
    host: str,
    home: str,
    who: str,
    action: str,
    where: str,
    kind: str = "organization",
) -> Said:
    """Answer whether ``who`` (an id that claims ``home``) may do something in ``host``.

    ``kind`` is the type of what in the organization it is about.
    """
    if action in NEVER:
        return Said("action_never_delegated")
    if action not in LOWEST:
        return Said("action_unknown")
    person = world.people.get(who)
    link = world.links.get((host, home)) if home != host else None
    if home == host and person is None:
        return Said("unknown_subject")
    if home != host and (link is None or (person is None and link.was_accepted)):
        return Said("unknown_subject")
    if person is None or (link is not None and link.state != "active"):
        return Said("connection_not_active")
    rule = single_of(world, host, who, link)
    maximum = lower(link.maximum if link else None, rule.maximum if rule else None)
    effective = lower(person.role, maximum)

    def said(reason: str, via: str | None = None) -> Said:
        return Said(
            reason,
            person.role,
            maximum,
            effective,
            via,
            link.id if link else None,
            rule is not None,
        )

    if rule is not None and rule.denied:
        return said("denied_by_rule")
    if not person.active:
        return said("subject_inactive")
    if person.role == "lite":
        return said("role_not_admitted")
    if world.organizations.get(where) != host:
        return said("unknown_resource")
    via = way(world, rule or link, where) if link else way_at_home(world, person, where)
    if via is None:
        return said("organization_not_granted")
    held = person.groups if link is None else link.groups | (rule.groups if rule else set())
    if held & world.forbidden.get(host, {}).get(kind, set()):
        return said("resource_type_denied")
    if lower(effective, LOWEST[action]) != LOWEST[action]:
        return said("role_too_low")
    return said("allowed", via)


def single_of(world: World, host: str, who: str, link: Link | None) -> Single | None:
    """Return what the host has set for one person, if it is of this very connection."""
    rule = world.rules.get((host, who))
    return rule if rule and link and rule.link == link.id else None


def lower(one: str | None, other: str | None) -> str | None:
    """Return the lower of two roles; one that is not there lowers nothing."""
    there = [role for role in (one, other) if role is not None]
    return min(there, key=ROLES.index, default=None)


def way(world: World, holder: Link | Somebody | Single, where: str) -> str | None:
    """Say through what somebody's holder reaches an organization; None if not at all."""
    if holder.everything:
        return "all"
    if where in holder.direct:
        return "direct"
    groups = sorted(group for group in holder.groups if where in world.reached.get(group, ()))
    return f"group:{groups[0]}" if groups else None


def way_at_home(world: World, person: Somebody, where: str) -> str | None:
    return "all" if person.role == "administrator" else way(world, person, where)
