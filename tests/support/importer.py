"""Somebody who imports, and waits until it is over."""

from typing import Any

from tests.support.api import Reply
from tests.support.jobs import Jobs
from tests.support.world import Company, World


class Importer:
    """Imports as one of the company's people; reads as its Administrator."""

    def __init__(self, world: World, host: Company, name: str = "administrator") -> None:
        self.world, self.host, self.name = world, host, name
        self.jobs = Jobs(world)

    def post(self, kind: str, text: str, options: str = "", **more: Any) -> Reply:
        """Ask for an import."""
        return self.world.api(
            "POST",
            f"/import?kind={kind}{options}",
            text,
            token=self.world.token(self.host, self.name),
            headers={"content-type": "text/csv", **more.pop("headers", {})},
            **more,
        )

    def begin(self, kind: str, text: str, options: str = "") -> str:
        """Begin an import; return its id."""
        begun = self.post(kind, text, options)
        assert begun.status == 202, begun
        return str(begun.json["import_id"])

    def read(self, import_id: str, query: str = "") -> dict[str, Any]:
        """Read how far an import is."""
        address = f"/imports/{import_id}{query}"
        reply = self.world.api("GET", address, token=self.world.token(self.host))
        assert reply.status == 200, reply
        return dict(reply.json)

    def __call__(self, kind: str, text: str, options: str = "") -> dict[str, Any]:
        """Import, wait until it is over, and return what it came to."""
        import_id = self.begin(kind, text, options)
        self.jobs.run()
        return self.read(import_id)

    def get(self, address: str) -> dict[str, dict[str, Any]]:
        """Return what a list of the directory has, by e-mail address or name."""
        found: dict[str, dict[str, Any]] = {}
        cursor = ""
        while True:
            reply = self.world.api(
                "GET", f"{address}?limit=200{cursor}", token=self.world.token(self.host)
            )
            assert reply.status == 200, reply
            found |= {one.get("email", one["name"]): one for one in reply.json["items"]}
            if reply.json["next_cursor"] is None:
                return found
            cursor = f"&cursor={reply.json['next_cursor']}"


def counts(created: int = 0, changed: int = 0, left: int = 0, refused: int = 0) -> dict[str, int]:
    """Return counts as an import answers them."""
    return {"created": created, "changed": changed, "left": left, "refused": refused}
