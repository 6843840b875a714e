"""The mailbox: every mail that SES was handed, kept by us because the engine forgets them."""

import hashlib
import json
import threading
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from local.clock import SharedClock
from local.state import StateFolder


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to one or more recipients."""

    id: str
    to: str
    subject: str
    text: str
    html: str
    sent_at: str


class Mailbox:
    """Fetch mails from the engine, keep them in the state folder, tell them newest first."""

    def __init__(self, endpoint: str, state: StateFolder, clock: SharedClock) -> None:
        self._url = f"{endpoint}/_ministack/ses/messages"
        self._state = state
        self._file = state.folder / "mails.jsonl"
        self._clock = clock
        self._lock = threading.Lock()
        self._mails = {mail.id: mail for mail in self._read()}

    def newest_first(self) -> Sequence[Mail]:
        """Return all mails, the ones just sent included."""
        self.fetch()
        return tuple(reversed(self._mails.values()))

    def get(self, mail_id: str) -> Mail | None:
        """Return one mail."""
        self.fetch()
        return self._mails.get(mail_id)

    def fetch(self) -> None:
        """Take over what the engine has and we have not."""
        with self._lock:
            with urllib.request.urlopen(self._url, timeout=30) as answer:
                accounts = json.load(answer)["messages"]
            for message in (m for messages in accounts.values() for m in messages):
                mail = self._mail(message)
                if mail.id not in self._mails:
                    with self._file.open("a", encoding="utf-8") as file:
                        file.write(json.dumps(asdict(mail), ensure_ascii=False) + "\n")
                    self._mails[mail.id] = mail

    def fetch_if_possible(self) -> None:
        """Take over the last mails before the engine stops, unless it is gone already."""
        with suppress(OSError, ValueError):
            self.fetch()

    def _mail(self, message: Mapping[str, Any]) -> Mail:
        sent_at = _moment(message["Timestamp"]) + self._clock.offset
        return Mail(
            id=hashlib.sha256(message["MessageId"].encode()).hexdigest()[:16],
            to=", ".join(message["To"]),
            subject=message["Subject"] or "",
            text=message["BodyText"] or "",
            html=message["BodyHtml"] or "",
            sent_at=f"{sent_at:%Y-%m-%dT%H:%M:%S}.{sent_at.microsecond // 1000:03d}Z",
        )

    def _read(self) -> Iterator[Mail]:
        try:
            lines = self._file.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return
        for line in lines:
            try:
                yield Mail(**json.loads(line))
            except (ValueError, TypeError):
                raise self._state.stale(f"{self._file.name} in it is damaged") from None


def _moment(timestamp: str | float) -> datetime:
    if isinstance(timestamp, str):
        return datetime.fromisoformat(timestamp).astimezone(UTC)
    return datetime.fromtimestamp(timestamp, UTC)
