"""A mailer that keeps what it is handed, rendered as it would be sent."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from gatehouse.domain.errors import MailUnavailable
from gatehouse.domain.mailing import Letter
from gatehouse.mail.render import render


@dataclass(frozen=True)
class Mail:
    """A mail as its recipient gets it."""

    to: str
    kind: str
    subject: str
    text: str
    html: str
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def token(self) -> str:
        """Return the token of the link, which stands alone on its line."""
        found = re.search(r"^\S+/(?:user-)?invitations/(\S+)$", self.text, re.MULTILINE)
        assert found, f"no link in: {self.text}"
        return found[1]


class Outbox:
    """Implements the Mailer port; ``is_down`` makes it fail as SES would."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []
        self.is_down = False

    def text_of(self, letter: Letter) -> str:
        return render(letter).text

    def send(self, letter: Letter) -> str:
        if self.is_down:
            raise MailUnavailable("SES is down")
        mail = render(letter)
        self.mails.append(
            Mail(letter.to, letter.kind.value, mail.subject, mail.text, mail.html, letter.tags)
        )
        return f"message-{len(self.mails)}"

    def to(self, email: str, kind: str = "invitation") -> Mail:
        """Return the newest mail of a kind to somebody."""
        return [mail for mail in self.mails if mail.to == email and mail.kind == kind][-1]
