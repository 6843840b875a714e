"""The Account sidebar: its sections in their order, each for the roles that may open it."""

from dataclasses import dataclass
from typing import Final

from gatehouse.domain.principal import Person
from gatehouse.domain.roles import Role


@dataclass(frozen=True, slots=True)
class Section:
    """One entry; ``about`` says in a sentence what stands behind it."""

    label: str
    path: str
    icon: str
    about: str
    roles: frozenset[Role]
    besides: tuple[str, ...] = ()
    """Other paths whose pages belong to it."""
    pages: tuple[tuple[str, str], ...] = ()
    everything: bool = False
    """Whether it takes all organizations."""
    """Its pages by label and path, where it has several that are no list."""

    def has(self, path: str) -> bool:
        """Say whether a page is one of this section's."""
        return any(f"{path}/".startswith(f"{one}/") for one in (self.path, *self.besides))


_ADMINISTRATORS: Final = frozenset({Role.ADMINISTRATOR})
_MANAGERS: Final = _ADMINISTRATORS | {Role.MANAGER}
_ADMITTED: Final = frozenset(Role) - {Role.LITE}

SECTIONS: Final = (
    Section(
        "Settings",
        "/console/settings",
        "settings",
        "What your account is called and looks like, and what it demands of whoever comes in.",
        _ADMINISTRATORS,
        pages=(
            ("Account info", "/console/settings"),
            ("Branding", "/console/settings/branding"),
            ("Security", "/console/settings/security"),
            ("Actions and types", "/console/settings/actions"),
            ("Denied types", "/console/settings/types-denied"),
        ),
    ),
    Section(
        "Users",
        "/console/users",
        "user",
        "Who works in your account, as what, and how to add, change or shut out people.",
        _MANAGERS,
    ),
    Section(
        "Groups",
        "/console/groups",
        "users",
        "Who is in which group, and what each group reaches.",
        _MANAGERS,
    ),
    Section(
        "Organizations",
        "/console/organizations",
        "building-2",
        "The clients whose data you share, as far as you reach them.",
        _ADMITTED,
    ),
    Section(
        "Connections",
        "/console/connections",
        "cable",
        "Let another company in; see who is in, as what, and where; shut the door again.",
        _ADMINISTRATORS,
        ("/console/drafts", "/console/map"),
    ),
    Section(
        "Who let us in",
        "/console/hosts",
        "log-in",
        "In whose accounts your people work, what they do there, and how to leave.",
        _ADMINISTRATORS,
        ("/console/blocked",),
    ),
    Section(
        "Plan",
        "/console/plan",
        "gauge",
        "How many seats your plan has, and who takes them.",
        _ADMINISTRATORS,
    ),
    Section(
        "Billing",
        "/console/billing",
        "credit-card",
        "Whom to write to about payment.",
        _ADMINISTRATORS,
    ),
    Section(
        "Activity Logs",
        "/console/log",
        "scroll-text",
        "Who did what, when and why they could: from today back to the beginning.",
        _MANAGERS,
        ("/console/why",),
    ),
    Section(
        "API Keys",
        "/console/api-keys",
        "key-round",
        "Which applications act for your account, and what each may do.",
        _ADMINISTRATORS,
    ),
    Section(
        "Import Data",
        "/console/imports",
        "upload",
        "Bring users, groups and organizations along from CSV files.",
        _MANAGERS,
        everything=True,
    ),
    Section(
        "Export Data",
        "/console/exports",
        "download",
        "Everything your account has, as one file to keep or to take along.",
        _ADMINISTRATORS,
    ),
)


def menu_of(person: Person) -> list[Section]:
    """Return the sections that this person may open."""
    user = person.user
    return [
        section
        for section in SECTIONS
        if user.role in section.roles and (user.reaches_everything or not section.everything)
    ]
