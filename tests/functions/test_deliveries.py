"""What SES reports of a mail reaches the host as the recipient's delivery, and nothing else."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatehouse.domain.mailing import Delivery
from gatehouse.mail.feedback import feedback_of
from local.stored_events import FOLDER
from tests.support.api import handler_of
from tests.support.outbox import Mail
from tests.support.trials import trials
from tests.support.world import Company, World

STORED = {
    "bounce": json.loads((FOLDER / "deliveries.json").read_text()),
    "complaint": json.loads((FOLDER / "deliveries-complaint.json").read_text()),
}


@pytest.fixture
def host(world: World) -> Company:
    return world.company("acme", organizations=["Alder"])


@pytest.fixture
def guest(world: World) -> Company:
    return world.company("continuum", {"nora": "administrator", "omar": "administrator"})


def report(what: str, mail: Mail, **changes: Any) -> dict[str, Any]:
    """Return the stored report, about this mail; a tag given as None is left out."""
    event: dict[str, Any] = json.loads(json.dumps(STORED[what]))
    tags = {**mail.tags, **changes.pop("tags", {})}
    event["detail"]["mail"]["tags"] = {name: [value] for name, value in tags.items() if value}
    part = event["detail"][what]
    for recipient in part.get("bouncedRecipients") or part["complainedRecipients"]:
        recipient["emailAddress"] = mail.to
        recipient.update(changes.pop("recipient", {}))
    part.update(changes.pop("part", {}))
    return {**event, **changes}


def noted(event: dict[str, Any]) -> bool:
    answer = handler_of("deliveries")(event, None)
    return bool(answer["noted"])


def deliveries(world: World, host: Company, connection_id: str) -> list[str]:
    """Return the deliveries as the host sees them, in the order of the addresses."""
    reply = world.api("GET", f"/connections/{connection_id}", token=world.token(host))
    return [one["delivery"] for one in reply.json["invitation"]["recipients"]]


def test_the_host_sees_whom_no_mail_reaches(world: World, host: Company, guest: Company) -> None:
    invited = world.invite(host, guest).json["connection_id"]
    assert noted(report("bounce", world.outbox.to("nora@continuum.test")))
    assert deliveries(world, host, invited) == ["bounced", "sent"]


def test_the_host_sees_who_complained(world: World, host: Company, guest: Company) -> None:
    invited = world.invite(host, guest).json["connection_id"]
    assert noted(report("complaint", world.outbox.to("omar@continuum.test")))
    assert deliveries(world, host, invited) == ["sent", "complained"]


def test_a_report_that_comes_twice_is_news_once(
    world: World, host: Company, guest: Company
) -> None:
    world.invite(host, guest)
    event = report("bounce", world.outbox.to("nora@continuum.test"))
    assert noted(event)
    before = world.dump()
    assert not noted(event)
    assert world.dump() == before


def test_a_complaint_outlives_a_late_bounce(world: World, host: Company, guest: Company) -> None:
    invited = world.invite(host, guest).json["connection_id"]
    mail = world.outbox.to("nora@continuum.test")
    assert noted(report("complaint", mail))
    assert not noted(report("bounce", mail))
    assert deliveries(world, host, invited)[0] == "complained"


def test_a_late_bounce_of_an_older_mailing_leaves_the_newer_alone(
    world: World, host: Company, guest: Company
) -> None:
    invited = world.invite(host, guest).json["connection_id"]
    older = world.outbox.to("nora@continuum.test")
    world.api("POST", f"/connections/{invited}/resend", token=world.token(host))
    assert noted(report("bounce", older))
    assert deliveries(world, host, invited) == ["sent", "sent"]
    assert noted(report("bounce", world.outbox.to("nora@continuum.test")))
    assert deliveries(world, host, invited) == ["bounced", "sent"]


def test_a_bounce_that_is_here_before_the_hand_over_is_noted_stays(
    world: World, host: Company, guest: Company
) -> None:
    send = world.outbox.send

    def bounce_at_once(letter: Any) -> str:
        message_id = send(letter)
        if letter.to == "nora@continuum.test":
            assert noted(report("bounce", world.outbox.to(letter.to)))
        return message_id

    world.outbox.send = bounce_at_once  # type: ignore[method-assign]  # SES knows the address is dead
    invited = world.invite(host, guest).json["connection_id"]
    assert deliveries(world, host, invited) == ["bounced", "sent"]


def test_a_bounced_mail_takes_nothing_from_the_invitation(
    world: World, host: Company, guest: Company
) -> None:
    world.invite(host, guest)
    mail = world.outbox.to("nora@continuum.test")
    assert noted(report("bounce", mail))
    token = world.token(guest, "nora")
    assert world.api("POST", f"/invitations/{mail.token}/accept", token=token).status == 200


def test_a_notice_can_bounce_too(world: World, host: Company, guest: Company) -> None:
    invited = world.invite(host, guest).json["connection_id"]
    token = world.token(guest, "nora")
    world.api("POST", f"/incoming-connections/{invited}/accept", token=token)
    mail = world.outbox.to("administrator@acme.test", "accepted")
    assert noted(report("bounce", mail))
    assert not noted(report("bounce", mail, tags={"kind": "invitation"}))


def test_an_automatic_reply_is_no_bounce(world: World, host: Company, guest: Company) -> None:
    world.invite(host, guest)
    mail = world.outbox.to("nora@continuum.test")
    away = {"part": {"bounceType": "Transient"}, "recipient": {"action": None}}
    assert not noted(report("bounce", mail, **away))
    assert noted(report("bounce", mail, part={"bounceType": "Transient"}))


UNFITTING: list[dict[str, Any]] = [
    {"tags": {"account_id": "acc_aaaaaaaaaaaaaaaa"}},
    {"tags": {"account_id": "acc_aaaaaaaaaaaaaaaa#MAILING"}},
    {"tags": {"about_id": "con_00000000000000000000000000"}},
    {"tags": {"about_id": "con_00000000000000000000000000#x"}},
    {"tags": {"mailing_id": "mlg_00000000000000000000000000"}},
    {"tags": {"mailing_id": "x" * 3_000}},
    {"tags": {"user_id": "usr_aaaaaaaaaaaaaaaa_00000000000000000000000000"}},
    {"tags": {"user_id": None}},
    {"tags": {"kind": "accepted"}},
    {"tags": {"kind": "unheard-of"}},
    {"recipient": {"emailAddress": "omar@continuum.test"}},
    {"recipient": {"emailAddress": None}},
    {"source": "not.ses"},
    {"detail": None},
    {"detail": {"eventType": "Delivery"}},
    {"detail": {"eventType": "Bounce", "bounce": [], "mail": "x"}},
    {"detail": {"eventType": "Complaint", "complaint": {"complainedRecipients": {}}}},
]


def test_a_report_that_fits_no_letter_changes_nothing(
    world: World, host: Company, guest: Company
) -> None:
    world.invite(host, guest)
    before = world.dump()
    for what in STORED:
        for changes in UNFITTING:
            event = report(what, world.outbox.to("nora@continuum.test"), **copy.deepcopy(changes))
            assert not noted(event), changes
    assert world.dump() == before


def test_a_report_says_nothing_to_the_log_line(
    world: World, host: Company, guest: Company, capsys: pytest.CaptureFixture[str]
) -> None:
    world.invite(host, guest)
    noted(report("bounce", world.outbox.to("nora@continuum.test")))
    said = capsys.readouterr()
    assert "nora" not in said.out + said.err


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=trials(1_000))
@given(
    st.sampled_from(["Bounce", "Complaint", "Send"]) | JSON,
    st.fixed_dictionaries({}, optional=dict.fromkeys(("bounce", "complaint", "mail"), JSON)),
)
def test_no_report_of_whatever_shape_is_an_error(kind: Any, detail: dict[str, Any]) -> None:
    found = feedback_of({"source": "aws.ses", "detail": {"eventType": kind, **detail}})
    assert found is None or found.delivery in Delivery
