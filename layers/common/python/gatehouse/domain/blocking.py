"""A host whose invitations an account no longer takes."""

from dataclasses import dataclass
from datetime import datetime

from gatehouse.domain.account import AccountName
from gatehouse.domain.connection import Person


@dataclass(frozen=True, slots=True)
class Blocked:
    """One host that ``account_id`` takes no invitations from, by whom and since when."""

    account_id: str
    host: AccountName
    blocked_by: Person
    blocked_at: datetime
