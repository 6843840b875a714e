"""One request, as a route sees it: who calls, what came, and how to answer."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypeVar

from gatehouse.domain.errors import (
    Contended,
    FieldError,
    GatehouseError,
    IdempotencyKeyReused,
    Malformed,
    Unable,
    Unauthenticated,
)
from gatehouse.domain.moments import from_text
from gatehouse.domain.pages import Page
from gatehouse.domain.principal import Origin, Principal
from gatehouse.http import cursors, identity, reading
from gatehouse.http.answers import Answer, json_answer, json_text
from gatehouse.http.text import is_one_line, printable, whole

if TYPE_CHECKING:
    from gatehouse.domain.account import Account
    from gatehouse.usecases.changes import Receipt
    from gatehouse.usecases.ports import Ports
    from gatehouse.usecases.receipts import Keep

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)

_KEPT: Final = timedelta(hours=24)
_USUAL_PAGE: Final = 50
_LARGEST_PAGE: Final = 200
_ETAG: Final = re.compile(r'(?:W/)?("?)([\x21\x23-\x2b\x2d-\x7e]*)\1')
_NUMBER: Final = re.compile(r"[0-9]{1,3}")
_PRINTABLE: Final = re.compile(r"[\x21-\x7e]{1,255}")
SECRET: Final = "secret"  # noqa: S105  # the name of a field
UPLOAD_URL: Final = "upload_url"
_SECRETS: Final = (SECRET, UPLOAD_URL)
"""What whoever has it can act with is answered once, and kept nowhere."""


@dataclass(frozen=True)
class Call:
    """A request with everything a route needs."""

    ports: Ports
    event: Mapping[str, Any]

    # ---- what came

    @cached_property
    def headers(self) -> Mapping[str, str]:
        """Return the headers, names lower-cased."""
        return {name.lower(): value for name, value in (self.event.get("headers") or {}).items()}

    @cached_property
    def path(self) -> Mapping[str, str]:
        """Return the parameters that the gateway found in the path."""
        return _whole(self.event.get("pathParameters"))

    @cached_property
    def query(self) -> Mapping[str, str]:
        return _whole(self.event.get("queryStringParameters"))

    @property
    def cookies(self) -> Mapping[str, str]:
        pairs = (cookie.partition("=") for cookie in self.event.get("cookies") or ())
        return {name.strip(): value for name, _, value in pairs}

    @property
    def origin(self) -> Origin:
        """Return where the request came from."""
        http = self.event.get("requestContext", {}).get("http", {})
        agent = http.get("userAgent")
        return Origin(http.get("sourceIp"), printable(agent, 300) if agent else None)

    @cached_property
    def text(self) -> str:
        return reading.text_of(self.event, self.headers)

    def content(self, most: int) -> bytes:
        """Return a body of any kind, of at most so many bytes. Raises TooLarge."""
        return reading.bytes_of(self.event, self.headers, most)

    @property
    def media_type(self) -> str:
        return reading.media_type_of(self.headers)

    @property
    def is_form(self) -> bool:
        return self.media_type == reading.FORM

    @cached_property
    def form(self) -> Mapping[str, str]:
        return reading.form_of(self.text) if self.is_form else self._parts[0]

    @property
    def files(self) -> Mapping[str, bytes]:
        """Return the files that came with a form."""
        return self._parts[1]

    @cached_property
    def _parts(self) -> tuple[Mapping[str, str], Mapping[str, bytes]]:
        if self.media_type != reading.MULTIPART:
            return {}, {}
        from gatehouse.http.uploads import parts_of

        return parts_of(self.content(reading.LARGEST_WITH_FILES), self.headers["content-type"])

    @property
    def etag(self) -> str | None:
        """Return the version named by If-Match, quoted or not; None without the header."""
        if "if-match" not in self.headers:
            return None
        value = self.headers["if-match"].strip()
        found = _ETAG.fullmatch(value)
        if not value or found is None:
            raise _wrong("If-Match", "If-Match takes one etag, as it stands in JSON.")
        return found[2]

    def body(self) -> dict[str, Any]:
        """Return the JSON object of the body."""
        charset = re.search(r"charset=\"?([^\s;\"]+)", self.headers.get("content-type", ""))
        return reading.json_object_of(
            self.text, self.media_type, charset[1].lower() if charset else "utf-8"
        )

    def no_body(self) -> None:
        """Refuse a body where none is read, but for an empty object."""
        if self.text.strip() and self.body():
            raise Malformed("This route takes no fields. Send no body.")

    def wanted(self, name: str, most: int = 100) -> str | None:
        """Return a query parameter that is a line of text; None if it is empty or missing."""
        value = self.query.get(name) or None
        if value is not None and (len(value) > most or not is_one_line(value)):
            raise _wrong(name, f"{name} must be one line of at most {most} characters.")
        return value

    def chosen(self, name: str, choices: type[E]) -> E | None:
        """Return a query parameter that is one of some words."""
        value = self.query.get(name)
        if not value:
            return None
        try:
            return choices(value)
        except ValueError:
            words = ", ".join(choices)
            raise _wrong(name, f"{name} must be one of {words}.") from None

    def flag(self, name: str) -> bool:
        """Return a query parameter that is true or false; one that is there says which."""
        value = self.query.get(name, "false")
        if value not in {"true", "false"}:
            raise _wrong(name, f"{name} must be true or false.")
        return value == "true"

    def number(self, name: str, usual: int, most: int) -> int:
        """Return a query parameter that is a number from 1 to ``most``."""
        text = self.query.get(name) or str(usual)
        if not (_NUMBER.fullmatch(text) and 1 <= int(text) <= most):
            raise _wrong(name, f"{name} must be a number from 1 to {most}.")
        return int(text)

    def moment(self, name: str) -> datetime | None:
        """Return a query parameter that is an RFC 3339 time."""
        value = self.query.get(name)
        if not value:
            return None
        try:
            return from_text(value.replace(" ", "+"))
        except ValueError:
            raise _wrong(name, f"{name} must be a time such as 2026-11-21T22:43:01.123Z.") from None

    # ---- who calls

    @cached_property
    def principal(self) -> Principal:
        """Return who calls, if their account lets them in. Raises Unauthenticated or ShutOut."""
        return identity.principal_of(self)

    @cached_property
    def caller(self) -> Principal:
        """Return who calls, read fresh, let in or not: for saying so. Raises Unauthenticated."""
        return identity.caller_of(self)

    @cached_property
    def account(self) -> Account:
        """Return the caller's own account, read fresh. Raises Unauthenticated."""
        found = self.ports.store.accounts.get(self.caller.account_id)
        if found is None:
            raise Unauthenticated("Your account no longer exists.")
        return found

    @cached_property
    def visitor(self) -> Principal | None:
        """Return who calls a page that everybody may open; None if nobody is signed in."""
        return identity.visitor_of(self)

    # ---- how to answer

    @property
    def limit(self) -> int:
        """Return how many items a page may have."""
        if self.query.get("limit") == "":
            raise _wrong("limit", f"limit must be a number from 1 to {_LARGEST_PAGE}.")
        return self.number("limit", _USUAL_PAGE, _LARGEST_PAGE)

    def after(self, purpose: str) -> str | None:
        """Return where the page begins, from the cursor."""
        return cursors.opened(self.ports.signing_key, self._list(purpose), self.query.get("cursor"))

    def page(self, page: Page[T], purpose: str, view: Callable[[T], Any], **more: Any) -> Answer:
        """Answer a page of a list."""
        items = [view(item) for item in page.items]
        cursor = self.cursor(purpose, page.after)
        return json_answer(200, {**more, "items": items, "next_cursor": cursor})

    def cursor(self, purpose: str, after: str | None) -> str | None:
        """Return the cursor of a list's next page; None if there is none."""
        return cursors.sealed(self.ports.signing_key, self._list(purpose), after)

    def entity(self, body: Mapping[str, Any]) -> Answer:
        """Answer one thing, with its version as the ETag header too (RFC 9110)."""
        answer = json_answer(200, body)
        return replace(answer, headers={**answer.headers, "ETag": f'"{body["etag"]}"'})

    def once(
        self,
        work: Callable[[Keep], T],
        view: Callable[[T], Any],
        status: int = 200,
        key: str | None = None,
    ) -> Answer:
        """Do the work and answer; under a known Idempotency-Key answer as the first time.

        A form, which sends no headers, has its key from its page.

        Whoever calls has been authorised again before this. A refusal may be the echo of the same
        request, done meanwhile or a moment ago without an answer: the receipt knows.
        """
        from gatehouse.usecases.changes import Replayed
        from gatehouse.usecases.receipts import no_receipt

        key = key or self.headers.get("idempotency-key")
        if key is None:
            return json_answer(status, view(work(no_receipt)))
        if not _PRINTABLE.fullmatch(key):
            raise _wrong(
                "Idempotency-Key",
                "An Idempotency-Key has 1 to 255 printable ASCII characters, such as a UUID.",
            )
        blank = self._receipt(key, status)
        known = self.ports.store.receipt(blank.account_id, blank.receipt_id, blank.now)
        if known is not None:
            return self._again(known, blank)
        kept: list[Receipt] = []

        def keep(result: Any) -> Receipt:
            kept.append(replace(blank, body=_kept_json(view(result))))
            return kept[-1]

        try:
            body = view(work(keep))
        except (Replayed, GatehouseError) as failure:
            known = self.ports.store.receipt(blank.account_id, blank.receipt_id, blank.now)
            if known is not None:
                return self._again(known, blank)
            if isinstance(failure, GatehouseError):
                raise
            raise Contended("The same request is being answered just now. Try again.") from failure
        if kept and kept[-1].body != _kept_json(body):
            with suppress(Unable):  # what was kept is an answer too, of a moment earlier
                self.ports.store.amend(replace(kept[-1], body=_kept_json(body)))
        return json_answer(status, body)

    def _again(self, known: Receipt, blank: Receipt) -> Answer:
        if known.fingerprint != blank.fingerprint:
            raise IdempotencyKeyReused(
                "This Idempotency-Key was used for a request with another body within the last "
                "24 hours. Use a new key for a new request."
            )
        body = json.loads(known.body) if known.body else None
        answer = json_answer(known.status, body)
        return replace(answer, headers={**answer.headers, "Idempotency-Replayed": "true"})

    def _receipt(self, key: str, status: int) -> Receipt:
        from gatehouse.usecases.changes import Receipt

        now = self.ports.clock.now()
        http = self.event["requestContext"]["http"]
        route = f"{http['method']} {whole(self.event['rawPath'])}"
        of = f"{self.principal.caller_id}\n{route}\n{key}"
        etag = repr(self.headers.get("if-match"))  # none is not an empty one
        return Receipt(
            account_id=self.principal.account_id,
            receipt_id=hashlib.sha256(of.encode()).hexdigest(),
            fingerprint=hashlib.sha256(f"{etag}\n{self._query}\n{self._body}".encode()).hexdigest(),
            status=status,
            body="",
            now=now,
            expires_at=now + _KEPT,
        )

    @property
    def _body(self) -> str:
        """Return what tells this body from another; of a form with files, not its boundary."""
        if self.media_type == reading.MULTIPART:
            sums = {name: hashlib.sha256(file).hexdigest() for name, file in self.files.items()}
            return whole(repr([sorted(self.form.items()), sorted(sums.items())]))
        return whole(self.event.get("body") or "")

    @property
    def _query(self) -> str:
        return repr(sorted(self.query.items()))

    def _list(self, purpose: str) -> str:
        filters = sorted(
            (name, value) for name, value in self.query.items() if name not in {"cursor", "limit"}
        )
        return f"{self.principal.account_id} {purpose} {filters}"


def _whole(parameters: Mapping[str, str] | None) -> Mapping[str, str]:
    """Return parameters that can be written: a percent-encoding may stand for any bytes."""
    return {whole(name): whole(value) for name, value in (parameters or {}).items()}


def _kept_json(body: Any) -> str:
    if body is None:
        return ""
    return json_text({**body, **{name: None for name in _SECRETS if name in body}})


def _wrong(name: str, detail: str) -> Malformed:
    return Malformed(detail, fields=[FieldError(f"/{name}", detail)])
