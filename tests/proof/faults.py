"""Faults of what is behind us: each call to DynamoDB and SES can fail, before or after its effect."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from gatehouse.mail.ses import SesMailer
from tests.support.outbox import Mail
from tests.support.world import World

KINDS = ("time-out", "throttle", "conflict", "reset", "garbage")
RESENT = "resent"
"""botocore sends a request again whose answer it never saw: it arrives twice."""
_READS = frozenset({"GetItem", "BatchGetItem", "Query", "TransactGetItems"})
_SINGLE = frozenset({"GetItem", "BatchGetItem", "Query", "SendEmail", "BatchWriteItem"})
_EMPTY = {"ResponseMetadata": {"HTTPStatusCode": 200, "HTTPHeaders": {}, "RetryAttempts": 0}}
"""What botocore makes of a page in HTML: an answer of the right type without anything in it."""


@dataclass(frozen=True)
class Fault:
    """One call that fails: which, how, and whether it has its effect nevertheless."""

    index: int
    operation: str
    kind: str
    applied: bool = False
    forever: bool = False

    def __str__(self) -> str:
        when = "after" if self.applied else "before"
        return f"{self.kind} {when} call {self.index} ({self.operation})"

    @property
    def is_borne(self) -> bool:
        """Say whether the call is tried again at once, so that nobody notices."""
        return self.kind in {"conflict", RESENT} and not self.forever


def faults_of(operations: list[str]) -> list[Fault]:
    """Return every fault that a run with these calls can meet."""
    found = []
    for index, operation in enumerate(operations):
        reads = operation in _READS
        for kind in KINDS:
            if kind == "conflict" and operation in _SINGLE:
                continue  # DynamoDB never says so of these
            found.append(Fault(index, operation, kind))
            if not reads:
                found.append(Fault(index, operation, kind, applied=True))
        if not reads and operation != "SendEmail":
            found.append(Fault(index, operation, RESENT, applied=True))
    return found


class Wires:
    """The wires to DynamoDB and SES: counts what goes over them, and cuts them as told."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._count: list[str] | None = None
        self._fault: Fault | None = None
        table = world.ports.store._table  # type: ignore[attr-defined]  # the client behind it
        self.lead(table.connection.client)
        world.ports.__dict__["mailer"] = SesMailer(self, "no-reply@gatehouse.test")

    def lead(self, client: Any) -> None:
        """Let what a client of botocore sends go over these wires too."""
        original = client._make_api_call
        client._make_api_call = lambda operation, request: self._pass(
            # A call puts what it makes of a body into its request; a second one begins anew.
            operation,
            lambda: original(operation, dict(request)),
        )

    @contextmanager
    def counting(self) -> Iterator[list[str]]:
        """Note every call."""
        self._count = []
        yield self._count
        self._count = None

    @contextmanager
    def cut(self, fault: Fault) -> Iterator[None]:
        """Let one call of what runs inside fail."""
        self._count, self._fault = [], fault
        try:
            yield
        finally:
            self._count = self._fault = None

    def send_email(self, **request: Any) -> Mapping[str, Any]:
        """Take a mail as SES does."""

        def deliver() -> Mapping[str, Any]:
            simple = request["Content"]["Simple"]
            tags = {tag["Name"]: tag["Value"] for tag in request["EmailTags"]}
            (to,) = request["Destination"]["ToAddresses"]
            body = simple["Body"]
            self._world.outbox.mails.append(
                Mail(
                    to,
                    tags["kind"],
                    simple["Subject"]["Data"],
                    body["Text"]["Data"],
                    body["Html"]["Data"],
                )
            )
            return {"MessageId": "message", "ResponseMetadata": {"RequestId": "request"}}

        answer: Mapping[str, Any] = self._pass("SendEmail", deliver)
        return answer

    def _pass(self, operation: str, call: Callable[[], Mapping[str, Any]]) -> Any:
        if self._count is None:
            return call()
        index = len(self._count)
        self._count.append(operation)
        fault = self._fault
        if fault is None or index < fault.index or (index > fault.index and not fault.forever):
            return call()
        if fault.kind == "conflict" and operation in _SINGLE:
            return call()
        if fault.kind == RESENT:
            call()
            return call()
        if fault.applied:
            call()
        if fault.kind == "garbage":
            return _EMPTY
        raise _error(fault.kind, operation)


def _error(kind: str, operation: str) -> Exception:
    found: Exception
    if kind == "time-out":
        found = ReadTimeoutError(endpoint_url="https://dynamodb.test")
    elif kind == "reset":
        found = ConnectionClosedError(endpoint_url="https://dynamodb.test")
    elif kind == "throttle":
        found = ClientError(_said("ThrottlingException"), operation)
    elif operation.startswith("Transact"):
        reasons = [{"Code": "None"}, {"Code": "TransactionConflict"}]
        found = ClientError(
            {**_said("TransactionCanceledException"), "CancellationReasons": reasons}, operation
        )
    else:
        found = ClientError(_said("TransactionConflictException"), operation)
    return found


def _said(code: str) -> dict[str, Any]:
    return {"Error": {"Code": code, "Message": "injected"}}
