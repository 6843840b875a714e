"""What others do while an import is written: rights that end, addresses and organizations that go."""

import pytest

from gatehouse.http.sheets import read_sheet
from gatehouse.usecases.importing import importing
from tests.support.importer import Importer, counts
from tests.support.jobs import run_steps
from tests.support.world import Company, World

ROWS = "".join(f"p{number}@acme.test,P {number},lite\n" for number in range(70))


@pytest.fixture
def host(real_world: World) -> Company:
    return real_world.company("acme", {"administrator": "administrator", "olga": "administrator"})


@pytest.fixture
def bring(real_world: World, host: Company) -> Importer:
    return Importer(real_world, host)


def until_something_is_written(world: World, host: Company, bring: Importer) -> str:
    """Begin an import of 70 users, and stop after the first chunk of it is written."""
    import_id = bring.begin("users", f"email,name,role\n{ROWS}")
    while not bring.read(import_id)["counts"]["created"]:
        run_steps(world, host.account_id, import_id, importing(read_sheet), chunks=1)
    return import_id


def test_whoever_is_demoted_half_way_imports_no_further(
    real_world: World, host: Company, bring: Importer
) -> None:
    import_id = until_something_is_written(real_world, host, bring)
    written = bring.read(import_id)["counts"]["created"]
    assert 0 < written < 70
    olga = real_world.token(host, "olga")
    demoted = f"/users/{host.users['administrator']}"
    assert real_world.api("PATCH", demoted, {"role": "editor"}, token=olga).status == 200
    bring.jobs.run()
    done = real_world.api("GET", f"/imports/{import_id}", token=olga).json
    assert (done["state"], done["counts"]["created"]) == ("failed", written)
    assert f"{written} of 70 rows were worked through" in done["problem"]
    assert f"the other {70 - written} were not touched" in done["problem"]
    users = real_world.api("GET", "/users?limit=200", token=olga).json["items"]
    assert len(users) == 2 + written
    newest = real_world.api("GET", "/activities?limit=1", token=olga).json["items"][0]
    assert (newest["action"], newest["outcome"]) == ("import.finished", "failed")


def test_the_end_of_an_import_says_nothing_of_somebody_who_is_gone(
    real_world: World, host: Company, bring: Importer
) -> None:
    bring.name = "olga"
    until_something_is_written(real_world, host, bring)
    token = real_world.token(host)
    address = f"/users/{host.users['olga']}"
    assert real_world.api("DELETE", address, token=token).status == 204
    bring.jobs.run()
    (end,) = [e for e in real_world.log(host) if e["action"] == "import.finished"]
    assert (end["outcome"], end["actor"]["type"]) == ("failed", "system")
    assert (end["ip_address"], end["user_agent"]) == (None, None)


def test_an_address_that_is_taken_meanwhile_is_named_and_the_rest_is_written(
    real_world: World, host: Company, bring: Importer
) -> None:
    import_id = until_something_is_written(real_world, host, bring)
    globex = real_world.company("globex", {"gwen": "administrator"})
    taken = {"email": "p69@acme.test", "name": "Somebody", "role": "lite"}
    token = real_world.token(globex, "gwen")
    assert real_world.api("POST", "/users", taken, token=token).status == 201
    bring.jobs.run()
    done = bring.read(import_id)
    assert (done["state"], done["counts"]) == ("done", counts(created=69, refused=1))
    assert [(one["line"], one["column"], one["cause"]) for one in done["errors"]] == [
        (71, "email", "taken")
    ]
