"""The whole table, held against the rules: what must be true whatever happened at once or died."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from gatehouse.domain import secrets
from gatehouse.domain.moments import to_text
from gatehouse.domain.seats import SEATED
from tests.support.world import World

Item = dict[str, Any]
_SHARED = (
    "state",
    "maximum_role",
    "group_ids",
    "grant_id",
    "all_organizations",
    "rules",
    "expires_at",
    "accepted_at",
)


class Ledger:
    """One reading of everything, taken while nothing runs."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._kinds: dict[str, dict[tuple[str, str], Item]] = defaultdict(dict)
        self._links: dict[str, Item] = {}
        self._claims: dict[str, str] = {}
        for raw in world.dump():
            item = {name: _plain(value) for name, value in raw.items()}
            account_id, _, kind = item["pk"].partition("#")
            if item["pk"].startswith("LINK#"):
                self._links[kind] = item
            elif item["sk"] == "CLAIM":
                self._claims[item["pk"]] = item["owner_id"]
            elif not item["pk"].startswith("SESSION#"):
                self._kinds[kind.partition("#")[0] or item["sk"]][account_id, item["sk"]] = item
        self._steps: dict[tuple[str, str], list[str]] = defaultdict(list)
        self.entries: Counter[tuple[str, str, str]] = Counter()
        for (account_id, _), entry in sorted(self._kinds["LOG"].items()):
            if entry["category"] == "connection":
                self._steps[account_id, entry["connection_id"]].append(entry["action"])
            for about in {entry.get("resource_name"), entry.get("resource_id")} - {None}:
                self.entries[account_id, entry["action"], str(about)] += 1

    def check(self) -> None:
        """Fail with everything that is not as it must be."""
        wrong = [
            *self._pairs(),
            *self._connections(),
            *self._grants(),
            *self._rules(),
            *self._groups(),
            *self._people(),
            *self._counts(),
        ]
        assert not wrong, "\n".join(wrong[:20]) + f"\n… {len(wrong)} in all"

    def check_mails(self) -> None:
        """Fail unless every recipient of every open invitation has a mail whose link works."""
        sent = {
            secrets.hash_of(mail.token)
            for mail in self._world.outbox.mails
            if mail.kind == "invitation"
        }
        wrong = []
        for (host, connection_id), connection in self._kinds["CONNECTION"].items():
            if connection["state"] != "pending":
                continue
            mailing = self._kinds["MAILING"][host, connection["mailing_id"]]
            for user_id, recipient in mailing["recipients"].items():
                if recipient["delivery"] == "bounced":
                    continue
                link_hash = recipient.get("link_hash")
                link = self._links.get(link_hash)
                good = (
                    link is not None
                    and link_hash in sent
                    and recipient["delivery"] == "sent"
                    and (link["about_id"], link["mailing_id"], link["user_id"])
                    == (connection_id, connection["mailing_id"], user_id)
                )
                if not good:
                    wrong.append(f"{connection_id}: {user_id} has no link that works: {recipient}")
        assert not wrong, "\n".join(wrong[:20])

    def check_tidy(self) -> None:
        """Fail unless nothing that is due now is left after the clean-up."""
        now = to_text(self._world.clock.now())
        due = [
            (kind, key)
            for kind, items in self._kinds.items()
            for key, item in items.items()
            if item.get("due_at") and item["due_at"] <= now
        ]
        assert not due, due[:20]

    def connection(self, host_account_id: str, connection_id: str) -> Item:
        return self._kinds["CONNECTION"][host_account_id, connection_id]

    def steps(self, account_id: str, connection_id: str) -> list[str]:
        """Return a connection's steps as an account's log has them."""
        return [step.removeprefix("connection.") for step in self._steps[account_id, connection_id]]

    def of(self, kind: str) -> dict[tuple[str, str], Item]:
        return self._kinds[kind]

    # ---- the rules

    def _pairs(self) -> Iterator[str]:
        for (host, guest), pair in self._kinds["PAIR"].items():
            connection = self._kinds["CONNECTION"].get((host, pair["connection_id"]))
            if connection is None or connection["guest_account_id"] != guest:
                yield f"the pair {host} / {guest} names {pair['connection_id']}, which is not there"
                continue
            for name in _SHARED:
                if pair.get(name) != connection.get(name):
                    yield (
                        f"{pair['connection_id']}: {name} is {pair.get(name)} in the pair, "
                        f"{connection.get(name)} in the connection"
                    )

    def _connections(self) -> Iterator[str]:
        live: Counter[tuple[str, str]] = Counter()
        now = to_text(self._world.clock.now())
        for (host, connection_id), connection in self._kinds["CONNECTION"].items():
            guest = connection["guest_account_id"]
            if (guest, connection_id) not in self._kinds["INCOMING"]:
                yield f"{connection_id} is not listed for its guest"
            if self._steps[host, connection_id] != self._steps[guest, connection_id]:
                yield (
                    f"{connection_id}: the logs differ: {self.steps(host, connection_id)} and "
                    f"{self.steps(guest, connection_id)}"
                )
            if len(self._steps[host, connection_id]) != connection["version"]:
                yield (
                    f"{connection_id} has version {connection['version']} and the steps "
                    f"{self.steps(host, connection_id)}"
                )
            state = connection["state"]
            if state == "active" or (state == "pending" and now < connection["expires_at"]):
                live[host, guest] += 1
                pair = self._kinds["PAIR"].get((host, guest))
                if pair is None or pair["connection_id"] != connection_id:
                    yield f"{connection_id} is {state}, but not what its pair names"
        for pair_of, count in live.items():
            if count > 1:
                yield f"{pair_of} have {count} live connections"

    def _grants(self) -> Iterator[str]:
        live = {"pending", "active", "expired"}
        holders = {
            (account_id, item["grant_id"])
            for kind in ("PAIR", "USER", "RULE")
            for (account_id, _), item in self._kinds[kind].items()
            if item.get("grant_id") and item.get("state", "active") in live
        }
        organizations = self._kinds["ORGANIZATION"]
        for (account_id, grant_id), grant in self._kinds["GRANT"].items():
            if grant["state"] != "in_force":
                continue
            if (account_id, grant_id) not in holders:
                yield f"the grant {grant_id} is in force, and nobody holds it"
            for one in grant.get("organization_ids") or ():
                organization = organizations.get((account_id, one))
                if organization is None and not self._is_being_removed(account_id, one):
                    yield f"the grant {grant_id} names {one}, which is gone"
                if organization is not None and grant_id not in organization.get("grants", ()):
                    yield f"the grant {grant_id} names {one}, which does not know it"
        for account_id, grant_id in holders:
            found = self._kinds["GRANT"].get((account_id, grant_id), {})
            if found.get("state") != "in_force":
                yield f"{account_id} holds the grant {grant_id}, which is {found}"
        for (account_id, organization_id), organization in organizations.items():
            for grant_id in organization.get("grants") or ():
                known = self._kinds["GRANT"].get((account_id, grant_id))
                if known is None or not (known["state"] == "in_force" or known.get("due_at")):
                    yield f"{organization_id} keeps {grant_id}, which nobody will take away"
                elif organization_id not in known.get("organization_ids", ()):
                    yield f"{organization_id} has {grant_id}, which does not name it"

    def _rules(self) -> Iterator[str]:
        counted = Counter[tuple[str, str]]()
        for (host, user_id), rule in self._kinds["RULE"].items():
            counted[host, rule["connection_id"]] += 1
            connection = self._kinds["CONNECTION"].get((host, rule["connection_id"]), {})
            if connection.get("state") != "active" and not connection.get("due_at"):
                yield f"the rule of {host} for {user_id} outlives its connection, and nothing is due"
            for group_id in rule.get("group_ids") or ():
                if (host, group_id) not in self._kinds["GROUP"]:
                    yield f"the rule of {host} for {user_id} gives {group_id}, which is gone"
        for (host, connection_id), connection in self._kinds["CONNECTION"].items():
            has = counted[host, connection_id]
            if connection["state"] == "active" and connection.get("rules", 0) != has:
                yield f"{connection_id} has {has} rules, counted are {connection.get('rules')}"

    def _groups(self) -> Iterator[str]:
        groups = self._kinds["GROUP"].keys()
        for (account_id, user_id), user in self._kinds["USER"].items():
            for group_id in user.get("group_ids") or ():
                if (account_id, group_id) not in groups and not self._is_being_removed(
                    account_id, group_id
                ):
                    yield f"{user_id} has the group {group_id}, which is gone"
        for (account_id, connection_id), connection in self._kinds["CONNECTION"].items():
            if connection["state"] not in {"pending", "active"}:
                continue
            for group_id in connection.get("group_ids") or ():
                if (account_id, group_id) not in groups:
                    yield f"{connection_id} grants the group {group_id}, which is gone"
        known = {
            None,
            *(one for kind in ("ORGANIZATION", "REMOVED") for _, one in self.of(kind)),
        }
        for (account_id, organization_id), organization in self._kinds["ORGANIZATION"].items():
            for group_id in organization.get("groups") or ():
                if (account_id, group_id) not in groups and not self._is_being_removed(
                    account_id, group_id
                ):
                    yield f"{organization_id} is reached by the group {group_id}, which is gone"
            parent = organization.get("parent_id")
            if parent not in known:
                yield f"{organization_id} stands below {parent}, which never was"

    def _people(self) -> Iterator[str]:
        running: dict[str, set[str]] = defaultdict(set)
        owners = Counter(self._claims.values())
        for (account_id, user_id), user in self._kinds["USER"].items():
            if (user["role"], user["status"]) == ("administrator", "active"):
                running[account_id].add(user_id)
            if not owners[user_id]:
                yield f"{user_id} has no address"
        for (account_id, _), listed in self._kinds["ADMINISTRATORS"].items():
            if set(listed["user_ids"]) != running[account_id]:
                yield f"{account_id} is run by {running[account_id]}, listed are {listed}"
        users = {user_id for _, user_id in self._kinds["USER"]}
        for claim, owner in self._claims.items():
            if claim.startswith(("EMAIL#", "IDENTITY#")) and owner not in users:
                yield f"{claim} belongs to {owner}, who is not there"

    def _counts(self) -> Iterator[str]:
        there = Counter(account_id for account_id, _ in self._kinds["ORGANIZATION"])
        for (account_id, _), tally in self._kinds["TALLY"].items():
            if tally.get("organizations", 0) != there[account_id]:
                yield f"{account_id} has {there[account_id]} organizations, counted are {tally}"
        seated: dict[str, Counter[str]] = defaultdict(Counter)
        for (account_id, _), user in self._kinds["USER"].items():
            if user["status"] == "active" and user["role"] != "lite":
                seated[account_id].update((user["role"], "in_use"))
        for (account_id, _), seats in self._kinds["SEATS"].items():
            counted = {name: seats.get(name, 0) for name in ("in_use", *SEATED)}
            if counted != {name: seated[account_id][name] for name in counted}:
                yield f"{account_id} has {seated[account_id]} in seats, counted are {counted}"

    def _is_being_removed(self, account_id: str, entity_id: str) -> bool:
        return bool(self._kinds["REMOVED"].get((account_id, entity_id), {}).get("due_at"))


def _plain(value: Item) -> Any:
    ((kind, content),) = value.items()
    match kind:
        case "N":
            return int(content)
        case "SS":
            return frozenset(content)
        case "M":
            return {name: _plain(inner) for name, inner in content.items()}
        case "L":
            return [_plain(inner) for inner in content]
        case _:
            return content
