"""Who may import, what may be sent, and what is answered."""

import json

import httpx
import pytest

from gatehouse.http.routes.imports import LARGEST
from tests.support.cleanup import run_cleanup
from tests.support.importer import Importer, counts
from tests.support.world import Company, World

USERS = "email,name,role\nnina@acme.test,Nina,editor\n"


@pytest.fixture
def host(world: World) -> Company:
    return world.company(
        "acme", {"administrator": "administrator", "max": "manager"}, groups={"Level 1": []}
    )


@pytest.fixture
def bring(world: World, host: Company) -> Importer:
    return Importer(world, host)


def test_a_manager_imports_with_all_organizations_and_within_their_limits(
    world: World, host: Company, bring: Importer
) -> None:
    bring.name = "max"
    assert bring.post("users", USERS).status == 403
    everything = {"all_organizations": True}
    world.api("PATCH", f"/users/{host.users['max']}", everything, token=world.token(host))
    assert bring("users", USERS)["counts"] == counts(created=1)
    higher = bring("users", "email,name,role\nnina@acme.test,Nina,administrator\n")
    assert higher["errors"][0]["cause"] == "not-allowed"
    other = bring("users", "email,groups\nnina@acme.test,Level 1\n")
    assert other["errors"][0]["cause"] == "unknown"  # groups of others are not even there
    made = bring("groups", "name,members\nLevel 2,nina@acme.test\n")
    assert made["counts"] == counts(created=1)
    assert len(bring.get("/users")["max@acme.test"]["group_ids"]) == 1


def test_a_key_never_imports(world: World, host: Company) -> None:
    reply = world.api(
        "POST", "/import?kind=users", USERS, token=host.key, headers={"content-type": "text/csv"}
    )
    assert reply.status == 403


def test_what_is_imported_has_to_be_said(bring: Importer) -> None:
    assert (bring.post("", USERS).status, bring.post("", USERS).slug) == (422, "refused")
    assert bring.post("people", USERS).status == 400
    assert bring.post("users", USERS, "&dry_run=").status == 400
    assert bring.post("users", USERS, "&partial=yes").status == 400


def test_what_is_no_csv_is_not_read(bring: Importer) -> None:
    for kind in ("application/json", "text/csv; charset=iso-8859-1", ""):
        assert bring.post("users", USERS, headers={"content-type": kind}).status == 415
    assert bring.post("users", " \n").status == 422
    fine = bring.post("users", USERS, headers={"content-type": 'text/csv; charset="UTF-8"'})
    assert fine.status == 202


def test_a_file_with_the_request_has_at_most_5_mb(bring: Importer) -> None:
    row = "nina@acme.test,Nina,editor\n"
    text = "email,name,role\n" + row * (LARGEST // len(row) + 1)
    assert bring.post("users", text).status == 413
    assert bring.post("users", text[:LARGEST]).status == 202


def test_the_same_request_twice_is_one_import(world: World, host: Company, bring: Importer) -> None:
    key = {"idempotency-key": "k1"}
    first = bring.post("users", USERS, headers=key)
    again = bring.post("users", USERS, headers=key)
    assert again.json["import_id"] == first.json["import_id"]
    assert bring.post("users", USERS + " ", headers=key).slug == "idempotency-key-reused"
    assert bring.post("users", USERS, "&dry_run=true", headers=key).slug == "idempotency-key-reused"
    listed = world.api("GET", "/imports", token=world.token(host))
    assert [one["import_id"] for one in listed.json["items"]] == [first.json["import_id"]]


def test_imports_of_an_hour_are_counted(
    world: World, bring: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(world.ports.limits.imports_per_hour):
        world.ports.store.accounts.attempt(
            bring.host.account_id, "import", world.clock.now(), 10**6
        )
    refused = bring.post("users", USERS)
    assert (refused.status, refused.slug) == (429, "too-many-requests")
    world.clock.advance(hours=1)
    assert bring.post("users", USERS).status == 202


def test_a_larger_file_is_sent_to_an_address_and_then_imported(real_world: World) -> None:
    host = real_world.company("acme", {"administrator": "administrator"})
    bring = Importer(real_world, host)
    token = real_world.token(host)
    begun = real_world.api("POST", "/imports", {"kind": "users"}, token=token)
    assert begun.status == 202
    assert bring.jobs.run() == {}
    assert bring.read(begun.json["import_id"])["state"] == "waiting"
    assert httpx.put(begun.json["upload_url"], content=USERS.encode()).status_code == 200
    assert bring.jobs.run() == {begun.json["import_id"]: "done"}
    assert bring.read(begun.json["import_id"])["counts"] == counts(created=1)
    assert httpx.get(begun.json["upload_url"]).status_code == 403


def test_an_address_is_answered_once(world: World, host: Company) -> None:
    token = world.token(host)
    sent = [
        world.api(
            "POST", "/imports?kind=users", token=token, headers={"idempotency-key": "k1"}
        ).json
        for _ in range(2)
    ]
    assert sent[0]["upload_url"]
    assert sent[1] == {**sent[0], "upload_url": None}
    assert sent[0]["upload_url"] not in json.dumps(world.dump())


def test_a_file_that_never_comes_ends_the_import(
    world: World, host: Company, bring: Importer
) -> None:
    begun = world.api("POST", "/imports", {"kind": "users"}, token=world.token(host))
    assert run_cleanup()["done"] == {}
    world.clock.advance(minutes=61)
    assert run_cleanup()["done"] == {"job": 1}
    bring.jobs.run()
    done = bring.read(begun.json["import_id"])
    assert (done["state"], done["problem"]) == ("failed", "No file was sent in time. Begin again.")


def test_the_imports_of_others_are_not_there(world: World, host: Company, bring: Importer) -> None:
    import_id = bring.begin("users", USERS)
    other = world.company("globex", {"administrator": "administrator"})
    address = f"/imports/{import_id}"
    assert world.api("GET", address, token=world.token(other)).status == 404
    assert world.api("GET", "/imports", token=world.token(other)).json["items"] == []


def test_a_file_is_gone_when_it_was_imported_and_kept_when_it_was_only_looked_at(
    bring: Importer,
) -> None:
    bring("users", USERS)
    listed = bring.jobs.s3.list_objects_v2(Bucket=bring.jobs.bucket)
    assert not listed.get("Contents")
    looked_at = bring("users", USERS, "&dry_run=true")["import_id"]
    (kept,) = bring.jobs.s3.list_objects_v2(Bucket=bring.jobs.bucket)["Contents"]
    assert looked_at in kept["Key"]


def test_a_packed_or_broken_body_is_named_as_such(bring: Importer) -> None:
    packed = bring.post("users", USERS, headers={"content-encoding": "gzip"})
    assert packed.status == 415
    broken = bring.post("users", "no base64!", is_base64=True)
    assert broken.status == 400
