"""Everybody that the tables of rights have a column for, in two companies that are connected."""

from typing import Any

from tests.support.api import Reply
from tests.support.jobs import given_up_erasure, given_up_export
from tests.support.world import Company, World

AT_HOME = {
    "adm": "administrator",
    "all": "manager",
    "mgr": "manager",
    "oth": "manager",
    "edi": "editor",
    "cre": "creator",
    "r-o": "read_only",
    "lit": "lite",
}
"""People of the company that has what it is about. All Managers but one work with some groups of
theirs: ``all`` has all organizations as well, and ``oth`` belongs to another group."""
COLUMNS = (*AT_HOME, "Adm", "Tec", "Str")
"""Besides: Administrator and a technician of the company across, a stranger's Administrator."""
DONE = ("yes", "own")
REFUSED = {"·": 403, "404": 404, "401": 401}


def outcomes(said: str) -> tuple[dict[str, str], list[str]]:
    """Read a row: what it says of each column, and whatever stands behind the last."""
    words = said.replace("|", " ").split()
    found = dict(zip(COLUMNS, words, strict=False))
    assert len(found) == len(COLUMNS), f"a row lacks columns: {said}"
    assert set(found.values()) <= {*DONE, *REFUSED}, f"a row has unknown words: {said}"
    return found, words[len(COLUMNS) :]


class Cast:
    """The companies and their people; acme lets continuum in, and both look alike inside."""

    def __init__(self, world: World) -> None:
        self.world = world
        names = {column: "administrator" if column == "adm" else column for column in AT_HOME}
        home = {
            "colleague": "read_only",
            **{names[column]: role for column, role in AT_HOME.items()},
            "gone": "administrator",
        }
        self.acme, self.continuum = (
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
        self.stranger, self.initech, self.fernhill, self.marlow = (
            world.company(subdomain, one)
            for subdomain in ("stranger", "initech", "fernhill", "marlow")
        )
        self.active = world.connect(self.acme, self.continuum)["connection_id"]
        self.pending = world.invite(self.acme, self.initech).json["connection_id"]
        declined = world.invite(self.marlow, self.continuum).json["connection_id"]
        self.asking = world.invite(self.fernhill, self.continuum).json["connection_id"]
        self.link = world.outbox.to(self.continuum.emails["administrator"]).token
        for company in (self.acme, self.continuum):
            for name, change in (
                ("all", {"all_organizations": True}),
                ("gone", {"status": "deactivated"}),
            ):
                self.do(company, "PATCH", f"/users/{company.users[name]}", change)
        mapped = {"mapped_actions": {"print_password": "editor"}}
        self.do(self.acme, "PATCH", "/account", mapped)
        self.do(self.continuum, "POST", f"/incoming-connections/{declined}/decline")
        self.do(self.continuum, "PUT", f"/blocked-hosts/{self.marlow.account_id}")
        self.export = given_up_export(world, self.acme)
        self.erasure = given_up_erasure(world, self.acme)
        begun = self.do(self.acme, "POST", "/imports", {"kind": "groups"})
        self.awaited_import = begun.json["import_id"]
        self._tokens = {
            owner.subdomain: {
                **{column: world.token(owner, name) for column, name in names.items()},
                "Adm": world.token(across),
                "Tec": world.token(across, "edi"),
                "Str": world.token(self.stranger),
            }
            for owner, across in (
                (self.acme, self.continuum),
                (self.continuum, self.acme),
            )
        }

    def company(self, subdomain: str) -> Company:
        return {"acme": self.acme, "continuum": self.continuum}[subdomain]

    def token(self, owner: str, column: str) -> str:
        """Return the access token of a column's person, where something of the owner's is asked."""
        return self._tokens[owner][column]

    def do(self, company: Company, method: str, address: str, body: Any = None) -> Reply:
        """Do something as a company's Administrator."""
        reply = self.world.api(method, address, body, token=self.world.token(company))
        assert reply.status in {200, 201, 202}, reply
        return reply

    def must_not_tell(self, owner: str, reply: Reply) -> None:
        """Fail if an answer about the caller's own account has something of the owner's."""
        company = self.company(owner)
        people = [id_ for name, id_ in company.users.items() if name != "administrator"]
        owned = [*people, *company.groups.values(), *company.organizations.values()]
        assert not [one for one in owned if one in reply.text], reply
