"""The people who can sign in: users of the companies that the runner seeded."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from gatehouse.domain.pages import every
from gatehouse.domain.user import Status, User
from gatehouse.usecases.stored import Store
from local.state import StateFolder

SHOWN: Final = 60  # people of one company on a page
_FILE: Final = "companies.json"


@dataclass(frozen=True, slots=True)
class Person:
    """One button on the sign-in page."""

    email: str
    name: str
    role: str
    active: bool


@dataclass(frozen=True, slots=True)
class Company:
    """One company and the people of it that match, and how many more there are."""

    subdomain: str
    name: str
    people: tuple[Person, ...]
    more: int


class People:
    """Read people from the table; remember only which companies were seeded."""

    def __init__(self, store: Store, state: StateFolder) -> None:
        self._store = store
        self._state = state

    def remember(self, subdomains: Sequence[str]) -> None:
        """Note seeded companies, in the order of seeding."""
        known = self.subdomains()
        new = [subdomain for subdomain in subdomains if subdomain not in known]
        if new:
            self._state.write(_FILE, [*known, *new])

    def subdomains(self) -> list[str]:
        """Return the seeded companies' subdomains."""
        return list(self._state.read(_FILE) or [])

    def find(self, email: str) -> User | None:
        """Return the user with this address."""
        user_id = self._store.accounts.owner("email", email.strip().lower())
        return self._store.users.get(user_id) if user_id else None

    def companies(self, search: str = "") -> list[Company]:
        """Return companies with the people who match a search; without one, all of them."""
        wanted = search.strip().lower()
        found: list[Company] = []
        for subdomain in self.subdomains():
            account_id = self._store.accounts.owner("subdomain", subdomain)
            account = self._store.accounts.get(account_id) if account_id else None
            if account is None:
                continue
            users = [
                user
                for user in self._users(account.account_id)
                if wanted in f"{user.name} {user.email} {user.role.label} {subdomain}".lower()
            ]
            if users:
                users.sort(
                    key=lambda user: (user.status is not Status.ACTIVE, -user.role.rank, user.name)
                )
                people = tuple(map(_person, users[:SHOWN]))
                found.append(Company(subdomain, account.name, people, len(users) - len(people)))
        return found

    def _users(self, account_id: str) -> Iterator[User]:
        return every(lambda after: self._store.users.page(account_id, after, 200))


def _person(user: User) -> Person:
    return Person(user.email, user.name, user.role.label, user.status is Status.ACTIVE)
