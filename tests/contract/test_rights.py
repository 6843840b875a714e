"""Who may do what: every operation of docs/openapi.json × everybody who could ask for it.

RIGHTS is the whole of it, written from the rules of the product and not from the code. A row says
for each caller how the same well-formed request is answered; what it is about belongs to the
account named above the row:

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

A new operation fails here until it has a row. Where no scope helps, `make test` tries the key that
has them all, and `make prove` each alone too.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from gatehouse.domain.api_key import ApiScope
from tests.support.api import Reply
from tests.support.document import document
from tests.support.memory import Memory
from tests.support.requests import Request, requests_of
from tests.support.trials import sample
from tests.support.world import Company, World

AT_HOME = ("adm", "all", "mgr", "oth", "edi", "cre", "r-o", "lit")
ACROSS = ("Adm", "Tec")
PEOPLE = (*AT_HOME, *ACROSS, "Str")
SCOPES = tuple(scope.value for scope in ApiScope)

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
/activities
    GET     yes yes yes yes  ·   ·   ·   ·  | own  ·  | own | activities:read
    POST     ·   ·   ·   ·   ·   ·   ·   ·  |  ·   ·  |  ·  | activities:write
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
/users
    GET     yes yes yes yes  ·   ·   ·   ·  | own  ·  | own | directory:read
    POST    yes yes yes yes  ·   ·   ·   ·  | own  ·  | own | directory:write
/users/{user_id}
    GET     yes yes yes yes  ·   ·   ·   ·  | 404  ·  | 404 | directory:read
    PATCH   yes yes yes yes  ·   ·   ·   ·  | 404  ·  | 404 | directory:write
    DELETE  yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404 |
/groups
    GET     yes yes yes yes  ·   ·   ·   ·  | own  ·  | own | directory:read
    POST    yes yes yes yes  ·   ·   ·   ·  | own  ·  | own | directory:write
/groups/{group_id}
    GET     yes yes yes 404  ·   ·   ·   ·  | 404  ·  | 404 | directory:read
    PATCH   yes yes yes 404  ·   ·   ·   ·  | 404  ·  | 404 | directory:write
    DELETE  yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404 |
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
/me
    GET     yes yes yes yes yes yes yes yes | own own | own |
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
"""

DONE = ("yes", "own")
REFUSED = {"·": 403, "404": 404, "401": 401}


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


def read_rights() -> dict[str, Row]:
    found: dict[str, Row] = {}
    owner = path = ""
    head, *lines = filter(None, RIGHTS.splitlines())
    assert head.replace("|", " ").split() == [*PEOPLE, "key"]
    for line in lines:
        method, _, said = line.strip().partition(" ")
        if not line.startswith(" "):
            owner, path = (owner, line) if line.startswith("/") else (line.partition("'")[0], "")
            continue
        key, words = f"{method} {path}", said.replace("|", " ").split()
        assert key not in found, f"{key} stands twice in RIGHTS"
        if words[0] == "open":
            found[key] = Row(key, "acme", {}, status=int(words[1]))
            continue
        people = dict(zip(PEOPLE, words, strict=False))
        assert set(people.values()) <= {*DONE, *REFUSED}, (key, people)
        assert len(people) == len(PEOPLE), (key, people)
        found[key] = Row(key, owner, people, frozenset(words[len(PEOPLE) :]))
    return found


ROWS = read_rights()
OPERATIONS = [
    f"{method.upper()} {path}"
    for path, item in document()["paths"].items()
    for method in ("get", "post", "put", "patch", "delete")
    if method in item
]


def test_every_operation_has_its_row_and_every_row_its_operation() -> None:
    missing = [key for key in OPERATIONS if key not in ROWS]
    elsewhere = {key: "404" if "{" in key else "own" for key in missing}
    lines = [
        "{1}\n    {0:<6}  yes  ·   ·   ·   ·   ·   ·   ·  | {2}  ·  | {2} |".format(
            *key.split(" "), elsewhere[key]
        )
        for key in missing
    ]
    assert not missing, (
        f"docs/openapi.json has {', '.join(missing)}, and RIGHTS in tests/contract/test_rights.py "
        "does not say who may. Add to it, with the words that the product's rules give:\n"
        + "\n".join(lines)
        + "\nand to tests/support/requests.py what the request needs in its path and its body."
    )
    left = sorted(ROWS.keys() - set(OPERATIONS))
    assert not left, f"RIGHTS speaks of what docs/openapi.json has not: {', '.join(left)}"


def test_what_can_be_got_can_be_asked_for_by_head() -> None:
    assert all(("get" in item) is ("head" in item) for item in document()["paths"].values())


def test_the_document_says_of_credentials_what_the_table_says() -> None:
    for key, row in ROWS.items():
        method, _, path = key.partition(" ")
        ways = document()["paths"][path][method.lower()].get("security") or [{}]
        assert ({} in ways) is (row.status is not None), key
        scopes = [scope for way in ways for scope in way.get("application", ())]
        assert set(scopes) == row.scopes, key
        takes_people = any({"person", "session"} & way.keys() for way in ways)
        assert takes_people is ("yes" in row.people.values()) or row.status, key


@dataclass(frozen=True)
class Caller:
    """Somebody who sends the request of a row, and what the table says that comes of it."""

    name: str
    token: str | None
    said: str


class Place:
    """Two connected companies with people of every role, and strangers."""

    def __init__(self, world: World) -> None:
        self.world = world
        roles = ("administrator", *["manager"] * 3, "editor", "creator", "read_only", "lite")
        names = {"adm": "administrator"}
        self.named = {column: names.get(column, column) for column in AT_HOME}
        home = {
            "colleague": "read_only",
            **dict(zip(self.named.values(), roles, strict=True)),
            "gone": "administrator",
        }
        acme, continuum = (
            world.company(
                subdomain,
                home,
                organizations=["Xanthic Dyes", "Birch"],
                groups={"Zymurgists": ["Xanthic Dyes"], "Level 2": ["Birch"]},
                members={"Zymurgists": ["colleague", "all", "mgr", "r-o"], "Level 2": ["oth"]},
            )
            for subdomain in ("acme", "continuum")
        )
        one = {"administrator": "administrator"}
        stranger, initech, fernhill, marlow = (
            world.company(subdomain, one)
            for subdomain in ("stranger", "initech", "fernhill", "marlow")
        )
        self.companies = {"acme": acme, "continuum": continuum, "stranger": stranger}
        self.hosts = {"PUT": fernhill.account_id, "DELETE": marlow.account_id}
        self.active = world.connect(acme, continuum)["connection_id"]
        self.pending = world.invite(acme, initech).json["connection_id"]
        declined = world.invite(marlow, continuum).json["connection_id"]
        self.asking = world.invite(fernhill, continuum).json["connection_id"]
        self.link = world.outbox.to(continuum.emails["administrator"]).token
        for company in (acme, continuum):
            for name, change in (
                ("all", {"all_organizations": True}),
                ("gone", {"status": "deactivated"}),
            ):
                self._done(company, "PATCH", f"/users/{company.users[name]}", change)
        self._done(continuum, "POST", f"/incoming-connections/{declined}/decline")
        self._done(continuum, "PUT", f"/blocked-hosts/{marlow.account_id}")
        self.people = {
            "acme": self._people(acme, continuum, stranger),
            "continuum": self._people(continuum, acme, stranger),
        }
        self.keys = {"acme": self._keys(acme), "continuum": {SCOPES: continuum.key}}
        self.rotated = self.keys["acme"]["authorize",]
        key_id = f"key_{self.rotated.split('_')[2]}"
        self._done(acme, "POST", f"/api-keys/{key_id}/rotate")
        for key in (*self.keys["acme"].values(), continuum.key, stranger.key):
            world.api("GET", "/users", token=key)  # its use is noted, once an hour

    def request(self, row: Row) -> Request:
        """Return a right request for a row's operation, about what its owner has."""
        method, _, path = row.key.partition(" ")
        company = self.companies[row.owner]
        connection_id = self.active
        if path.endswith("/resend"):
            connection_id = self.pending
        elif path.startswith("/incoming-connections/") and path.endswith(("/accept", "/decline")):
            connection_id = self.asking
        elif path.startswith("/blocked-hosts/"):
            company = replace(company, account_id=self.hosts[method])
        elif path.endswith("/older-secret"):
            company = replace(company, key=self.rotated)
        (found,) = requests_of(
            [row.key],
            company,
            connection_id=connection_id,
            link=self.link,
            guest_subdomain="fernhill",
        )
        return found

    def callers(self, row: Row) -> Iterator[Caller]:
        """Return everybody who could send it."""
        people = self.people[row.owner]
        for column in PEOPLE:
            yield Caller(column, people[column], row.people.get(column, "open"))
        for name in people.keys() - set(PEOPLE):
            yield Caller(name, people[name], "open" if row.status else "401")
        keys = list(self.keys[row.owner].items())
        for scopes, key in keys if row.scopes else sample(keys, least=1):
            yield Caller(f"a key for {', '.join(scopes)}", key, row.of_a_key(scopes))
        said = row.of_a_foreign_key
        for name, company in self.companies.items():
            if said and name != row.owner:
                yield Caller(f"{name}'s key for everything", company.key, said)

    def must_not_tell(self, row: Row, reply: Reply) -> None:
        """Fail if an answer about the caller's own account has something of the row's owner."""
        owner = self.companies[row.owner]
        people = [id_ for name, id_ in owner.users.items() if name != "administrator"]
        owned = [*people, *owner.groups.values(), *owner.organizations.values()]
        assert not [one for one in owned if one in reply.text], (row.key, reply)

    def _done(self, company: Company, method: str, address: str, body: Any = None) -> Reply:
        reply = self.world.api(method, address, body, token=self.world.token(company))
        assert reply.status in {200, 201}, reply
        return reply

    def _people(self, owner: Company, across: Company, stranger: Company) -> dict[str, str | None]:
        token = self.world.token
        bearers = {column: token(owner, name) for column, name in self.named.items()}
        bearers |= {"Adm": token(across), "Tec": token(across, "edi"), "Str": token(stranger)}
        bearers |= {"a deactivated Administrator": token(owner, "gone"), "garbage": "garbage"}
        bearers |= {"a key with a wrong secret": owner.key[:-8] + "a" * 8}
        return {**bearers, "nobody": None}

    def _keys(self, company: Company) -> dict[tuple[str, ...], str]:
        keys = {SCOPES: company.key}
        for scope in SCOPES:
            body = {"name": scope, "scopes": [scope]}
            keys[scope,] = self._done(company, "POST", "/api-keys", body).json["secret"]
        return keys


def test_everybody_may_do_exactly_what_the_table_says(world: World, moto_table: str) -> None:
    place = Place(world)
    before = Memory(moto_table)
    for row in ROWS.values():
        request = place.request(row)
        done: list[Caller] = []
        for caller in place.callers(row):
            if caller.said in DONE:
                done.append(caller)
                continue
            reply = request.send(world.api, token=caller.token)
            expected = row.status or REFUSED[caller.said]
            assert reply.status == expected, (row.key, caller.name, reply)
        assert before.is_unchanged, f"{row.key} was refused, and changed something"
        for caller in done:
            reply = request.send(world.api, token=caller.token)
            assert 200 <= reply.status < 300, (row.key, caller.name, reply)
            if caller.said == "own":
                place.must_not_tell(row, reply)
            if request.method != "GET":
                before.restore()
        before.restore()
