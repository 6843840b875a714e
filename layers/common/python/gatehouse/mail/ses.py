"""Hand letters over to Amazon SES (API v2, SendEmail with simple content)."""

from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from gatehouse.domain.errors import MailRefused, MailUnavailable
from gatehouse.domain.mailing import AccountLetter, Letter
from gatehouse.mail.render import render

_HEADERS: Final = [{"Name": "Auto-Submitted", "Value": "auto-generated"}]
"""RFC 3834: a machine wrote this, so machines need not answer."""

_NEVER: Final = {"MessageRejected", "BadRequestException"}
"""What SES says of a message that it will not take however often it is tried."""


class SesMailer:
    """A mailer whose client is an ``sesv2`` client of boto3.

    ``sender`` is the From address; ``configuration_set`` names the SES configuration set that
    reports bounces, None for none.
    """

    def __init__(self, client: Any, sender: str, configuration_set: str | None = None) -> None:
        self._client = client
        self._sender = sender
        self._options = {"ConfigurationSetName": configuration_set} if configuration_set else {}

    def text_of(self, letter: Letter) -> str:
        """Return the text, which begins with the subject, as :meth:`send` would hand it over."""
        return render(letter).text

    def send(self, letter: Letter | AccountLetter) -> str:
        """Send one letter and return the id SES gave it.

        Raises MailRefused if SES will never take this message, and MailUnavailable for whatever
        else it or the way to it answers but yes: the outbox keeps the recipient queued, and the
        sweep tries again.
        """
        mail = render(letter)
        try:
            answer = self._client.send_email(
                FromEmailAddress=self._sender,
                Destination={"ToAddresses": [letter.to]},
                Content={
                    "Simple": {
                        "Subject": _utf8(mail.subject),
                        "Body": {"Text": _utf8(mail.text), "Html": _utf8(mail.html)},
                        "Headers": _HEADERS,
                    }
                },
                EmailTags=[{"Name": name, "Value": value} for name, value in letter.tags.items()],
                **self._options,
            )
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in _NEVER:
                raise MailRefused("The mail service will never take this message.") from error
            raise _later() from error
        except BotoCoreError as error:
            raise _later() from error
        # botocore reads an answer that is no JSON, such as a proxy's page, as an empty one.
        message_id = answer.get("MessageId")
        if not message_id:
            raise _later()
        return str(message_id)


def _later() -> MailUnavailable:
    return MailUnavailable(
        "The mail service did not take the mail. It stays queued and is tried again."
    )


def _utf8(text: str) -> dict[str, str]:
    return {"Data": text, "Charset": "UTF-8"}
