"""Stored events: the gateway's own shape, with names for what differs from world to world.

    <account acme>  <key acme>
    <user ada@acme.test>  <token ada@acme.test>
    <group acme/Level 1>  <organization acme/Alder Creek Dental>
    <connection acme/continuum>     the newest of the two
    <etag acme/continuum>           its version now
    <mailing acme/continuum>        the newest of its invitations
    <link nora@continuum.test>      the secret of the newest invitation mailed there
    <import acme>                   the newest import of a company

So a stored event holds no secret, and works in every world that has these names.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Protocol

from gatehouse.domain.connection import Connection
from gatehouse.domain.job import JobKind
from gatehouse.usecases.stored import Store
from local.template import ROOT
from local.trouble import Trouble

FOLDER: Final = ROOT / "events"
# In this order they are one story; the number is the status each is answered with.
STORY: Final = (
    ("account", 200),
    ("directory", 200),
    ("directory-groups", 200),
    ("directory-add-organization", 201),
    ("directory-group-reaches", 204),
    ("directory-change-user", 200),
    ("directory-make-key", 201),
    ("transfer-import", 202),
    ("transfer-list", 200),
    ("transfer-show", 200),
    ("invite", 201),
    ("invite-list", 200),
    ("invite-show", 200),
    ("invite-resend", 200),
    ("accept-read-invitation", 200),
    ("accept-decline", 200),
    ("invite", 201),
    ("accept", 200),
    ("accept-invitation", 200),
    ("grant", 200),
    ("grant-replace", 200),
    ("authorize", 200),
    ("authorize-batch", 200),
    ("authorize-configuration", 200),
    ("log-report", 201),
    ("log", 200),
    ("log-export", 200),
    ("session", 200),
    ("session-reach", 200),
    ("session-home", 200),
    ("console", 200),
    ("accept-activities", 200),
    ("accept-leave", 200),
    ("invite", 201),
    ("invite-revoke", 200),
)
_NAME: Final = re.compile(
    r"<(account|key|user|token|group|organization|connection|etag|mailing|link|import) ([^<>\"]+)>"
)


class People(Protocol):
    """What a world's people have beside what is in the table."""

    def token(self, email: str) -> str | None:
        """Return an access token of a person."""

    def link(self, email: str) -> str | None:
        """Return the secret of the newest invitation mailed to a person."""


class Names:
    """What each name stands for in one world, given as the tree that seeding it returned."""

    def __init__(self, world: Mapping[str, Any], store: Store, people: People) -> None:
        self._accounts = {account["subdomain"]: account for account in world["accounts"]}
        self._store = store
        self._people = people

    def find(self, kind: str, name: str) -> str | None:
        """Return what a name stands for; None if the world has nothing of this name."""
        if kind == "token":
            return self._people.token(name)
        if kind == "link":
            return self._people.link(name)
        if kind == "user":
            account = self._accounts.get(name.partition("@")[2].removesuffix(".test"))
            return _id_of(account, "users", "email", name, "user_id")
        subdomain, _, rest = name.partition("/")
        account = self._accounts.get(subdomain)
        if kind in {"connection", "etag", "mailing"}:
            found = self._connection(account, self._accounts.get(rest))
            if found is None:
                return None
            return {
                "connection": found.connection_id,
                "etag": str(found.version),
                "mailing": found.mailing_id,
            }[kind]
        if kind == "import":
            return self._import(account)
        if kind in {"group", "organization"}:
            return _id_of(account, f"{kind}s", "name", rest, f"{kind}_id")
        return account and account["api_key" if kind == "key" else "account_id"]

    def _import(self, account: Any) -> str | None:
        if account is None:
            return None
        jobs = self._store.jobs.page(account["account_id"], JobKind.IMPORT, None, 1).items
        return jobs[0].job_id if jobs else None

    def _connection(self, host: Any, guest: Any) -> Connection | None:
        if host is None or guest is None:
            return None
        pair = self._store.connections.pair(host["account_id"], guest["account_id"])
        return self._store.connections.get(host["account_id"], pair.connection_id) if pair else None


def read_event(path: Path, names: Names) -> Any:
    """Read a stored event and put in what its names stand for. Raises Trouble."""

    def found(name: re.Match[str]) -> str:
        value = names.find(name[1], name[2])
        if value is None:
            raise Trouble(f"{path.name} speaks of {name[0]}, and this world has none. {_HINT}")
        return value

    try:
        return json.loads(_NAME.sub(found, path.read_text(encoding="utf-8")))
    except OSError:
        raise Trouble(
            f"There is no event file {path}; `ls events` shows those there are."
        ) from None
    except ValueError as error:
        raise Trouble(f"The event file {path} is not JSON: {error}.") from None


_HINT: Final = (
    "Connections and links come with an invitation, `make invoke-invite`, imports with "
    "`make invoke-transfer-import`; the rest is of the demo world, which `make run` loads."
)


def _id_of(account: Any, what: str, key: str, name: str, id_name: str) -> str | None:
    found = (one[id_name] for one in (account or {}).get(what, ()) if one[key] == name)
    return next(found, None)
