"""The composition root: puts the adapters behind the ports, once, each when first asked for."""

from __future__ import annotations

import os
import secrets as randomness
from datetime import UTC, datetime
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any

from gatehouse.config import Settings
from gatehouse.domain import secrets
from gatehouse.domain.ids import ulid
from gatehouse.domain.limits import Limits
from gatehouse.domain.moments import to_the_millisecond

if TYPE_CHECKING:
    from gatehouse.store.objects import S3Objects
    from gatehouse.usecases.ports import Clock, Events, Files, Identities, Mailer, Ports, Queue
    from gatehouse.usecases.stored import Store


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        return to_the_millisecond(datetime.now(UTC))


class RandomIds:
    """Ids from the system's randomness; ULIDs take their time from the clock.

    Within one millisecond each is a random step above the one before, so that what one process
    makes in an order is listed in that order.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._moment: datetime | None = None
        self._last = 0

    def new(self, kind: str) -> str:
        with self._lock:
            moment = self._clock.now()
            if moment == self._moment:
                self._last += 1 + randomness.randbits(48)
            else:
                # The highest bit stays free for steps within the millisecond.
                self._moment, self._last = moment, randomness.randbits(79)
            return f"{kind}_{ulid(moment, self._last)}"

    def account(self) -> str:
        return f"acc_{secrets.new_token()[:16]}"

    def user(self, account_id: str) -> str:
        return self.new(f"usr_{account_id.removeprefix('acc_')}")

    def api_key(self) -> str:
        return f"key_{secrets.new_token()[:12]}"

    def token(self) -> str:
        return secrets.new_token()


class LazyPorts:
    """Every port, made when first asked for: a function loads only what it calls."""

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        self.settings = settings
        self.clock: Clock = clock or SystemClock()
        self.ids = RandomIds(self.clock)
        self.public_base_url = settings.public_base_url
        self.signing_key = settings.signing_key.encode()
        self.limits = Limits(
            organization_ids=settings.organization_ids_limit,
            group_ids=settings.group_ids_limit,
            grants_per_organization=settings.grants_per_organization_limit,
            rules_per_connection=settings.rules_per_connection_limit,
            invite_attempts_per_hour=settings.invite_attempts_per_hour,
            invitations_per_pair_and_week=settings.invitations_per_pair_and_week,
            imports_per_hour=settings.imports_per_hour,
            archive_after_months=settings.archive_after_months,
            log_exports_per_hour=settings.log_exports_per_hour,
            entries_per_download=settings.entries_per_download,
        )

    @cached_property
    def store(self) -> Store:
        from gatehouse.store.dynamo import DynamoStore
        from gatehouse.store.engine import Table

        table = Table(self.settings.table_name, self.settings.region)
        most = self.limits.grants_per_organization
        return DynamoStore(table, most, lambda: self.objects, self.clock.now)

    @cached_property
    def mailer(self) -> Mailer:
        import boto3
        from botocore.config import Config

        from gatehouse.mail.ses import SesMailer

        client = boto3.client(
            "sesv2",
            region_name=self.settings.region,
            config=Config(connect_timeout=1, read_timeout=3, retries={"total_max_attempts": 1}),
        )
        return SesMailer(client, self.settings.mail_from, self.settings.ses_configuration_set)

    @cached_property
    def files(self) -> Files:
        from gatehouse.store.files import S3Files

        return S3Files(self._s3(read_seconds=20, attempts=3), self.settings.files_bucket)

    @cached_property
    def objects(self) -> S3Objects:
        """Return what the log's archive stands in; only the store reads or writes it."""
        from gatehouse.store.objects import S3Objects

        return S3Objects(self._s3(read_seconds=3, attempts=2), self.settings.archive_bucket)

    def _s3(self, *, read_seconds: int, attempts: int) -> Any:
        import boto3
        from botocore.config import Config

        return boto3.client(
            "s3",
            region_name=self.settings.region,
            config=Config(
                connect_timeout=1,
                read_timeout=read_seconds,
                retries={"total_max_attempts": attempts},
                signature_version="s3v4",
                # Without it addresses lead to the global endpoint, which redirects new buckets.
                s3={"addressing_style": "virtual"},
            ),
        )

    @cached_property
    def queue(self) -> Queue:
        import boto3
        from botocore.config import Config

        from gatehouse.store.queue import SqsQueue

        client = boto3.client(
            "sqs",
            region_name=self.settings.region,
            config=Config(connect_timeout=1, read_timeout=3, retries={"total_max_attempts": 2}),
        )
        return SqsQueue(client, self.settings.transfer_queue_url)

    @cached_property
    def events(self) -> Events:
        import boto3
        from botocore.config import Config

        from gatehouse.store.bus import EventBridgeBus

        client = boto3.client(
            "events",
            region_name=self.settings.region,
            config=Config(connect_timeout=1, read_timeout=5, retries={"total_max_attempts": 2}),
        )
        return EventBridgeBus(client, self.settings.event_bus)

    @cached_property
    def identities(self) -> Identities:
        from gatehouse.http.factors import Assurance
        from gatehouse.http.oidc import OidcIdentities

        return OidcIdentities(
            issuer=self.settings.oidc_issuer,
            client_id=self.settings.oidc_client_id,
            redirect_uri=f"{self.public_base_url}/sign-in/callback",
            client_secret=self.settings.oidc_client_secret,
            assurance=Assurance(self.settings.oidc_demands_mfa, self.settings.oidc_mfa_acr_values),
        )


class _Installed:
    """The ports of this process."""

    ports: Ports | None = None


def build(settings: Settings, *, clock: Clock | None = None) -> LazyPorts:
    """Return ports for these settings, on another clock if one is given."""
    return LazyPorts(settings, clock)


def install(ports: Ports) -> None:
    """Let every handler of this process work on these ports."""
    _Installed.ports = ports


def ports() -> Ports:
    """Return the ports of this process, built from the environment on first use."""
    if _Installed.ports is None:
        _Installed.ports = build(Settings.from_environment())
    return _Installed.ports


def prime() -> None:
    """Make the store while Lambda starts the function, not while somebody waits for it.

    What is made holds no connection, random number or time of its own, so a process restored
    from a snapshot (SnapStart) has nothing to reset. Outside of Lambda nothing happens.
    """
    if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
        _ = ports().store
