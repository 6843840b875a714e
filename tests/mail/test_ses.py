"""A letter handed to SES is what SES documents, and whatever it answers but yes is one error."""

import json

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ParamValidationError
from botocore.stub import Stubber

from gatehouse.config import Settings
from gatehouse.domain.errors import MailRefused, MailUnavailable
from gatehouse.mail.render import render
from gatehouse.mail.ses import SesMailer
from gatehouse.wiring import LazyPorts
from tests.mail.samples import INVITATION
from tests.support.loopback import loopback
from tests.unit.test_config import NEEDED


def client(**options):
    return boto3.client(
        "sesv2",
        region_name="eu-west-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        **options,
    )


@pytest.fixture
def ses():
    with Stubber(client()) as stubber:
        yield stubber


def request(**more):
    mail = render(INVITATION)
    return {
        "FromEmailAddress": "gatehouse@example.com",
        "Destination": {"ToAddresses": ["ana@continuum.test"]},
        "Content": {
            "Simple": {
                "Subject": {"Data": mail.subject, "Charset": "UTF-8"},
                "Body": {
                    "Text": {"Data": mail.text, "Charset": "UTF-8"},
                    "Html": {"Data": mail.html, "Charset": "UTF-8"},
                },
                "Headers": [{"Name": "Auto-Submitted", "Value": "auto-generated"}],
            }
        },
        "EmailTags": [
            {"Name": "kind", "Value": "invitation"},
            {"Name": "about_id", "Value": "con_01"},
        ],
    } | more


def test_a_letter_is_sent_as_both_parts_marked_as_written_by_a_machine(ses):
    ses.add_response("send_email", {"MessageId": "m-1"}, request())
    assert SesMailer(ses.client, "gatehouse@example.com").send(INVITATION) == "m-1"


def test_what_a_letter_would_say_is_what_is_sent(ses):
    text = request()["Content"]["Simple"]["Body"]["Text"]["Data"]
    assert SesMailer(ses.client, "gatehouse@example.com").text_of(INVITATION) == text


def test_a_configuration_set_is_named_when_there_is_one(ses):
    expected = request(ConfigurationSetName="gatehouse")
    ses.add_response("send_email", {"MessageId": "m-2"}, expected)
    mailer = SesMailer(ses.client, "gatehouse@example.com", "gatehouse")
    assert mailer.send(INVITATION) == "m-2"


@pytest.mark.parametrize("code", ["TooManyRequestsException", "SendingPausedException", "Unheard"])
def test_whatever_ses_refuses_for_now_is_mail_unavailable(ses, code):
    ses.add_client_error("send_email", code)
    with pytest.raises(MailUnavailable) as caught:
        SesMailer(ses.client, "gatehouse@example.com").send(INVITATION)
    assert caught.value.__cause__


@pytest.mark.parametrize("code", ["MessageRejected", "BadRequestException"])
def test_what_ses_never_takes_is_mail_refused(ses, code):
    ses.add_client_error("send_email", code)
    with pytest.raises(MailRefused):
        SesMailer(ses.client, "gatehouse@example.com").send(INVITATION)


def test_an_unreachable_service_is_mail_unavailable():
    nobody = client(
        endpoint_url="http://127.0.0.1:9",
        config=Config(connect_timeout=1, retries={"total_max_attempts": 1}),
    )
    with pytest.raises(MailUnavailable):
        SesMailer(nobody, "gatehouse@example.com").send(INVITATION)


def test_a_request_that_the_sdk_itself_refuses_is_mail_unavailable():
    with pytest.raises(MailUnavailable) as caught:
        SesMailer(client(), sender=None).send(INVITATION)  # type: ignore[arg-type]  # the point
    assert isinstance(caught.value.__cause__, ParamValidationError)


@pytest.fixture
def elsewhere(monkeypatch):
    """Return a server that stands in for SES, and the mailer that a deployment makes for it."""
    settings = Settings.from_environment({**NEEDED, "SES_CONFIGURATION_SET": "gatehouse"})
    with loopback() as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SESV2", server.url)
        yield server, LazyPorts(settings).mailer


def test_a_deployment_hands_letters_over_from_its_own_address(elsewhere):
    server, mailer = elsewhere
    server.answers["/v2/email/outbound-emails"] = (200, b'{"MessageId": "m-3"}')
    assert mailer.send(INVITATION) == "m-3"
    (asked,) = server.asked
    assert json.loads(asked.body) == request(
        FromEmailAddress=NEEDED["MAIL_FROM"], ConfigurationSetName="gatehouse"
    )


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_deployment_tries_once_and_leaves_the_rest_to_the_outbox(elsewhere, status):
    server, mailer = elsewhere
    server.answers["/v2/email/outbound-emails"] = (status, b"{}")
    with pytest.raises(MailUnavailable):
        mailer.send(INVITATION)
    assert len(server.asked) == 1


@pytest.mark.parametrize("page", [b"<html>Sign in to the network</html>", b"{}", b""])
def test_an_answer_that_is_not_of_ses_is_mail_unavailable(elsewhere, page):
    server, mailer = elsewhere
    server.answers["/v2/email/outbound-emails"] = (200, page)
    with pytest.raises(MailUnavailable):
        mailer.send(INVITATION)
