"""The table of who may do what: every operation of docs/openapi.json × everybody who could ask.

It is written from the rules of the product and not from the code. A row says for each caller how
the same well-formed request is answered; what it is about belongs to the account named above it:

    yes   done: 2xx                                                        ·   403, not theirs to do
    own   done, but in the caller's own account; nothing of the other's   404  not there for them
    401   not a way in here at all

At home are asked: the Administrator, a Manager with all organizations (``all``), one with some
groups (``mgr``), one of another group (``oth``), Editor, Creator, Read-only, Lite. Of the company
across the connection: its Administrator and a technician (an Editor). Then a stranger's
Administrator. ``key`` names the scopes that let an API key of the account in.

In every row besides: a deactivated Administrator, garbage and nobody are 401; a key without the
scope, or where no scope helps, is 403; a key of another company meets what that company's
Administrator meets. ``open`` rows are for everybody alike, whatever they send along.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from tests.support.cast import COLUMNS, outcomes
from tests.support.document import document

RIGHTS = """
            adm all mgr oth edi cre r-o lit | Adm Tec | Str | key
acme's, which is a host
/connections
    POST    yes  ·   ·   ·   ·   ·   ·   ·  | own  ·  | own |
    GET     yes  ·   ·   ·   ·   ·   ·   ·  | own  ·  | own | connections:read
/connections/preview
    POST    yes  ·   ·   ·   ·   ·   ·   ·  | own  ·  | own |
/connections/{connection_id}
    GET     yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404 | connections:read
/connections/{connection_id}/grant
    GET     yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404 |
    PUT     yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404 |
/connections/{connection_id}/preview
    GET     yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404 |
/connections/{connection_id}/resend
    POST    yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404 |
/connections/{connection_id}/revoke
    POST    yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404 |
/connections/{connection_id}/usage
    GET     yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404 | connections:read
/connections/{connection_id}/rules
    GET     yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404 | connections:read
/connections/{connection_id}/rules/{user_id}
    GET     yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404 | connections:read
    PUT     yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404 |
    DELETE  yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404 |
/activities
    GET     yes yes yes yes  ·   ·   ·   ·  | own  ·  | own | activities:read
    POST     ·   ·   ·   ·   ·   ·   ·   ·  |  ·   ·  |  ·  | activities:write
/activities/export
    GET     yes  ·   ·   ·   ·   ·   ·   ·  | own  ·  | own |
/access/v1/evaluation
    POST    401 401 401 401 401 401 401 401 | 401 401 | 401 | authorize
/access/v1/evaluations
    POST    401 401 401 401 401 401 401 401 | 401 401 | 401 | authorize
/access/v1/search/subject
    POST    401 401 401 401 401 401 401 401 | 401 401 | 401 | authorize
/access/v1/search/resource
    POST    401 401 401 401 401 401 401 401 | 401 401 | 401 | authorize
/access/v1/search/action
    POST    401 401 401 401 401 401 401 401 | 401 401 | 401 | authorize
/lookup
    GET     401 401 401 401 401 401 401 401 | 401 401 | 401 | authorize
/account
    GET     yes  ·   ·   ·   ·   ·   ·   ·  | own  ·  | own |
    PATCH   yes  ·   ·   ·   ·   ·   ·   ·  | own  ·  | own |
/account/logo
    PUT     yes  ·   ·   ·   ·   ·   ·   ·  | own  ·  | own |
    DELETE  yes  ·   ·   ·   ·   ·   ·   ·  | own  ·  | own |
/account/plan
    GET     yes  ·   ·   ·   ·   ·   ·   ·  | own  ·  | own |
/account/billing-contact
    GET     yes  ·   ·   ·   ·   ·   ·   ·  | own  ·  | own |
    PUT     yes  ·   ·   ·   ·   ·   ·   ·  | own  ·  | own |
/users
    GET     yes yes yes yes  ·   ·   ·   ·  | own  ·  | own | directory:read
    POST    yes yes yes yes  ·   ·   ·   ·  | own  ·  | own | directory:write
/users/{user_id}
    GET     yes yes yes yes  ·   ·   ·   ·  | 404  ·  | 404 | directory:read
    PATCH   yes yes yes yes  ·   ·   ·   ·  | 404  ·  | 404 | directory:write
    DELETE  yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404 |
/users/{user_id}/sessions
    GET     yes yes yes yes  ·   ·   ·   ·  | 404  ·  | 404 | directory:write
    DELETE  yes yes yes yes  ·   ·   ·   ·  | 404  ·  | 404 | directory:write
/users/{user_id}/invitation
    GET     yes yes yes yes  ·   ·   ·   ·  | 404  ·  | 404 | directory:read
    POST    yes yes yes yes  ·   ·   ·   ·  | 404  ·  | 404 | directory:write
/groups
    GET     yes yes yes yes  ·   ·   ·   ·  | own  ·  | own | directory:read
    POST    yes yes yes yes  ·   ·   ·   ·  | own  ·  | own | directory:write
/groups/{group_id}
    GET     yes yes yes 404  ·   ·   ·   ·  | 404  ·  | 404 | directory:read
    PATCH   yes yes yes 404  ·   ·   ·   ·  | 404  ·  | 404 | directory:write
    DELETE  yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404 |
/groups/{group_id}/affected
    GET     yes yes yes 404  ·   ·   ·   ·  | 404  ·  | 404 | directory:read
/groups/{group_id}/members
    GET     yes yes yes 404  ·   ·   ·   ·  | 404  ·  | 404 | directory:read
/groups/{group_id}/members/{user_id}
    PUT     yes yes yes 404  ·   ·   ·   ·  | 404  ·  | 404 | directory:write
    DELETE  yes yes yes 404  ·   ·   ·   ·  | 404  ·  | 404 | directory:write
/groups/{group_id}/organizations
    GET     yes yes yes 404  ·   ·   ·   ·  | 404  ·  | 404 | directory:read
/groups/{group_id}/organizations/{organization_id}
    PUT     yes yes yes 404  ·   ·   ·   ·  | 404  ·  | 404 | directory:write
    DELETE  yes yes yes 404  ·   ·   ·   ·  | 404  ·  | 404 | directory:write
/organizations
    GET     yes yes yes yes yes yes yes  ·  | own own | own | directory:read
    POST    yes yes  ·   ·   ·   ·   ·   ·  | own  ·  | own | directory:write
/organizations/{organization_id}
    GET     yes yes yes 404 404 404 yes  ·  | 404 404 | 404 | directory:read
    PATCH   yes yes  ·   ·   ·   ·   ·   ·  | 404  ·  | 404 | directory:write
    DELETE  yes yes  ·   ·   ·   ·   ·   ·  | 404  ·  | 404 | directory:write
/organizations/{organization_id}/affected
    GET     yes yes yes 404  ·   ·   ·   ·  | 404  ·  | 404 | directory:read
/import
    POST    yes yes  ·   ·   ·   ·   ·   ·  | own  ·  | own |
/imports
    GET     yes yes  ·   ·   ·   ·   ·   ·  | own  ·  | own |
    POST    yes yes  ·   ·   ·   ·   ·   ·  | own  ·  | own |
/imports/{import_id}
    GET     yes yes  ·   ·   ·   ·   ·   ·  | 404  ·  | 404 |
/api-keys
    GET     yes  ·   ·   ·   ·   ·   ·   ·  | own  ·  | own |
    POST    yes  ·   ·   ·   ·   ·   ·   ·  | own  ·  | own |
/api-keys/{api_key_id}
    GET     yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404 |
    PATCH   yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404 |
    DELETE  yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404 |
/api-keys/{api_key_id}/rotate
    POST    yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404 |
/api-keys/{api_key_id}/older-secret
    DELETE  yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404 |
/activities/erasures
    POST    yes  ·   ·   ·   ·   ·   ·   ·  | own  ·  | own |
/activities/erasures/{erasure_id}
    GET     yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404 |
/exports
    GET     yes  ·   ·   ·   ·   ·   ·   ·  | own  ·  | own |
    POST    yes  ·   ·   ·   ·   ·   ·   ·  | own  ·  | own |
/exports/{export_id}
    GET     yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404 |
/me
    GET     yes yes yes yes yes yes yes yes | own own | own |
/sessions
    GET     yes yes yes yes yes yes yes yes | own own | own |
    DELETE  yes yes yes yes yes yes yes yes | own own | own |
/sessions/{session_id}
    DELETE  yes 404 404 404 404 404 404 404 | 404 404 | 404 |
/accessible-accounts/{account_id}/organizations
    GET     yes yes yes yes yes yes yes  ·  | yes yes | 404 |

continuum's, which is a guest
/incoming-connections
    GET     yes  ·   ·   ·   ·   ·   ·   ·  | own  ·  | own |
/incoming-connections/{connection_id}
    GET     yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404 |
/incoming-connections/{connection_id}/preview
    GET     yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404 |
/incoming-connections/{connection_id}/activities
    GET     yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404 |
/incoming-connections/{connection_id}/accept
    POST    yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404 |
/incoming-connections/{connection_id}/decline
    POST    yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404 |
/incoming-connections/{connection_id}/leave
    POST    yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404 |
/invitations/{token}/accept
    POST    yes  ·   ·   ·   ·   ·   ·   ·  |  ·   ·  |  ·  |
/invitations/{token}/decline
    POST    yes  ·   ·   ·   ·   ·   ·   ·  |  ·   ·  |  ·  |
/blocked-hosts
    GET     yes  ·   ·   ·   ·   ·   ·   ·  | own  ·  | own |
/blocked-hosts/{account_id}
    PUT     yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404 |
    DELETE  yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404 |

everybody's
/
    GET     open 200
/.well-known/authzen-configuration
    GET     open 200
/assets/{name}
    GET     open 200
/invitations/{token}
    GET     open 200
/logos/{account_id}/{name}
    GET     open 404  a picture has a name of its own
/openapi.json
    GET     open 200
/sign-in
    GET     open 303
/sign-in/callback
    GET     open 400  only a browser that went to sign in comes back
/sign-in/continue
    POST    open 400  only a browser that was asked to continue does
/sign-out
    POST    open 200
/user-invitations/{token}
    GET     open 404  whose link it is not
"""


@dataclass(frozen=True)
class Row:
    """What the table says of one operation."""

    key: str
    owner: str
    people: Mapping[str, str]
    scopes: frozenset[str] = frozenset()
    status: int | None = None
    """How everybody is answered, of an open row."""

    def of_a_key(self, scopes: Collection[str]) -> str:
        """Return how a key of the owner's is answered."""
        return "yes" if self.scopes.intersection(scopes) else "·"

    @property
    def of_a_foreign_key(self) -> str | None:
        """Return how a key of another company is answered, with every scope.

        None where programs alone ask: what they hear of others, test_tenants.py says.
        """
        if self.people.get("adm") != "yes":
            return None
        return self.people["Str"] if self.scopes else "·"


def _read() -> dict[str, Row]:
    found: dict[str, Row] = {}
    owner = path = ""
    head, *lines = filter(None, RIGHTS.splitlines())
    assert head.replace("|", " ").split() == [*COLUMNS, "key"]
    for line in lines:
        if not line.startswith(" "):
            owner, path = (owner, line) if line.startswith("/") else (line.partition("'")[0], "")
            continue
        method, said = line.strip().split(" ", 1)
        key = f"{method} {path}"
        assert key not in found, f"{key} stands twice in RIGHTS"
        if said.split()[0] == "open":
            found[key] = Row(key, "acme", {}, status=int(said.split()[1]))
        else:
            people, scopes = outcomes(said)
            found[key] = Row(key, owner, people, frozenset(scopes))
    return found


ROWS = _read()
OPERATIONS = [
    f"{method.upper()} {path}"
    for path, item in document()["paths"].items()
    for method in ("get", "post", "put", "patch", "delete")
    if method in item
]
