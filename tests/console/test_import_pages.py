"""Import Data: the file, what it would change, how far it is, what came of it."""

import pytest

from tests.support.browser import Browser
from tests.support.cleanup import run_cleanup
from tests.support.console import entries, errors, heading, read, rows, words
from tests.support.jobs import Jobs
from tests.support.world import Company, World

PATH = "/console/imports"
GOOD = "email,name,role,groups\nnina@acme.test,Nina,editor,Level 1\notto@acme.test,Otto,lite,\n"
BAD = f"{GOOD}pia@acme.test,Pia,boss,\nquin@acme.test,Quin,<script>,\n"


@pytest.fixture
def jobs(world: World) -> Jobs:
    return Jobs(world)


@pytest.fixture
def ada(world: World, jobs: Jobs, acme: Company) -> Browser:
    return Browser(world).sign_in(acme)


def look_at(ada: Browser, jobs: Jobs, text: str, kind: str = "users") -> str:
    """Send a file; return the address of the page about it."""
    page = ada.get(f"{PATH}?kind={kind}")
    sent = ada.upload(page, PATH, text.encode(), kind=kind)
    assert sent.status == 303, sent
    jobs.run()
    return str(sent.headers["location"])


def people(world: World, acme: Company) -> set[str]:
    listed = world.api("GET", "/users", token=world.token(acme)).json["items"]
    return {one["email"].partition("@")[0] for one in listed}


def test_an_administrator_looks_at_a_file_and_imports_it(
    world: World, jobs: Jobs, acme: Company, ada: Browser
) -> None:
    first = ada.get(PATH)
    assert "Import Data" in entries(first)[0]
    assert "Nothing was imported in the last 90 days." in words(first)
    page = ada.get(PATH)
    assert [
        "role",
        "administrator, manager, editor, creator, read_only or lite. A new user needs it.",
    ] in rows(page)
    sent = ada.upload(page, PATH, GOOD.encode())
    meanwhile = ada.get(sent.headers["location"])
    assert "The file is being read" in words(meanwhile)
    assert "Nothing is written yet." in words(meanwhile)
    (region,) = [one for one in read(meanwhile).all("div") if one.get("id") == "import"]
    assert region["hx-get"] == sent.headers["location"]
    before = people(world, acme)
    jobs.run()
    page = ada.get(sent.headers["location"])
    assert heading(page) == "What would change"
    assert "2 users would be created." in words(page)
    assert people(world, acme) == before
    begun = ada.submit(page, sent.headers["location"])
    jobs.run()
    page = ada.get(begun.headers["location"])
    assert "2 users were created." in words(page)
    assert people(world, acme) == before | {"nina", "otto"}
    assert rows(ada.get(PATH), 3)[1][1:] == ["Users", "Administrator", "Finished", "2"]


def test_new_users_are_mailed_if_the_administrator_ticks_it(
    world: World, jobs: Jobs, ada: Browser
) -> None:
    address = look_at(ada, jobs, GOOD)
    page = ada.get(address)
    assert "Send each new user a mail to sign in" in words(page)
    begun = ada.submit(page, address, send_invitations="on")
    jobs.run()
    assert "Mails to sign in are on their way" in words(ada.get(begun.headers["location"]))
    world.clock.advance(minutes=3)
    run_cleanup()
    assert {one.to for one in world.outbox.mails} == {"nina@acme.test", "otto@acme.test"}
    others = ada.get(look_at(ada, jobs, "name\nFir\n", "organizations"))
    assert "send_invitations" not in others.text


def test_bad_rows_are_shown_by_what_is_wrong_with_them(
    world: World, jobs: Jobs, acme: Company, ada: Browser
) -> None:
    address = look_at(ada, jobs, BAD)
    page = ada.get(address)
    assert "2 rows cannot be imported" in words(page)
    assert "Not a possible value: 2 rows" in words(page)
    found = rows(page)
    assert found[1][:3] == ["Line 4", "role", "boss"]
    assert found[2][2] == "<script>"
    assert "<script>" not in page.text.partition("<main")[2]
    assert found[1][3].startswith("This must be one of administrator")
    begun = ada.submit(page, address, partial="yes")
    jobs.run()
    page = ada.get(begun.headers["location"])
    assert "2 users were created." in words(page)
    assert "2 rows could not be imported" in words(page)
    assert {"nina", "otto"} <= people(world, acme)


def test_a_file_with_nothing_new_or_nothing_good_offers_no_import(jobs: Jobs, ada: Browser) -> None:
    page = ada.get(look_at(ada, jobs, "name\nAlder\nBirch\n", "organizations"))
    assert "Everything is as the file says already" in words(page)
    assert not [form for form in read(page).all("form") if PATH in form["action"]]
    page = ada.get(look_at(ada, jobs, "name,parent\nFir,Elm\n", "organizations"))
    assert "There is nothing else in the file to import." in words(page)
    page = ada.get(look_at(ada, jobs, "nome\nAlder\n", "organizations"))
    assert "The file cannot be read as it is, so nothing was written." in words(page)
    assert rows(page)[1][0] == "Line 1"
    assert "There is no column nome here." in words(page)


def test_a_form_without_a_file_says_so(ada: Browser) -> None:
    page = ada.get(f"{PATH}?kind=groups")
    for content, sentence in (
        (b"", "Choose a file."),
        (b" \n", "The file must have something in it."),
    ):
        wrong = ada.upload(page, PATH, content, kind="groups")
        assert wrong.status == 422
        assert errors(wrong) == {"file": sentence}
        (chosen,) = [one for one in read(wrong).all("input") if "checked" in one]
        assert chosen["value"] == "groups"


def test_pressing_the_button_twice_imports_once(
    world: World, jobs: Jobs, acme: Company, ada: Browser
) -> None:
    page = ada.get(PATH)
    sent = {ada.upload(page, PATH, GOOD.encode()).headers["location"] for _ in range(2)}
    assert len(sent) == 1
    jobs.run()
    (address,) = sent
    looked_at = ada.get(address)
    begun = {ada.submit(looked_at, address).headers["location"] for _ in range(2)}
    assert len(begun) == 1


def test_a_larger_file_goes_straight_to_where_files_are_kept(
    world: World, jobs: Jobs, ada: Browser
) -> None:
    page = ada.get(PATH)
    sent = ada.submit(page, PATH, large="yes", kind="users", file="people.csv")
    page = ada.get(sent.headers["location"])
    assert heading(page) == "Send the file of users"
    (form,) = [one for one in read(page).all("form") if "enctype" in one]
    assert form["action"].startswith(f"https://{jobs.bucket}.s3")
    target = form["action"].rstrip("/")
    assert f"form-action 'self' {target};" in page.headers["content-security-policy"]
    fields = {one["name"]: one["value"] for one in read(page).all("input") if "value" in one}
    back = fields["success_action_redirect"].removeprefix("https://gatehouse.test")
    assert back == f"{sent.headers['location']}?sent=yes"
    assert "The file is being read" in words(ada.get(f"{back}&bucket=x&key=y&etag=z"))
    # A browser sends it there; here S3 is handed the file.
    jobs.s3.put_object(Bucket=jobs.bucket, Key=fields["key"], Body=GOOD.encode())
    jobs.run()
    assert heading(ada.get(sent.headers["location"])) == "What would change"


def test_a_form_from_elsewhere_imports_nothing(jobs: Jobs, ada: Browser) -> None:
    page = ada.get(PATH)
    refused = ada.upload(page, PATH, GOOD.encode(), csrf_token="made up")
    assert refused.status == 403
    assert jobs.queued() == []
