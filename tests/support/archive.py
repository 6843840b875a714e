"""The log's archive in tests: a bucket of the test's own, and a log that moves into it."""

import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

import boto3

from gatehouse.domain.activity import Activity
from gatehouse.domain.log_archive import ArchivedMonth, Segment
from gatehouse.store.dynamo import DynamoStore
from gatehouse.store.engine import Table
from gatehouse.store.objects import S3Objects
from gatehouse.usecases.changes import Save
from gatehouse.usecases.stored import LogQuery, Store
from tests.support.people import HOST

H = HOST.account_id


class CountedObjects(S3Objects):
    """A bucket that counts how often, and how much of, what is in it is read."""

    def __init__(self) -> None:
        self.s3: Any = boto3.client("s3", region_name="us-east-1")
        self.bucket = f"gatehouse-{uuid.uuid4().hex[:12]}"
        self.s3.create_bucket(Bucket=self.bucket)
        super().__init__(self.s3, self.bucket)
        self.gets = 0
        self.bytes = 0

    def read(self, name: str, start: int, length: int) -> bytes:
        """Read, and count."""
        self.gets += 1
        self.bytes += length
        return super().read(name, start, length)

    def all(self) -> dict[str, bytes]:
        """Return everything that is in it."""
        found = self.s3.list_objects_v2(Bucket=self.bucket).get("Contents", [])
        return {
            one["Key"]: self.s3.get_object(Bucket=self.bucket, Key=one["Key"])["Body"].read()
            for one in found
        }


def store_on(
    table: str, objects: S3Objects, now: Callable[[], datetime] | None = None
) -> DynamoStore:
    """Return a store whose archive stands in these objects."""
    return DynamoStore(Table(table, "us-east-1"), 5, lambda: objects, now)


def move(store: DynamoStore, month: str, size: int, *, account_id: str = H) -> Segment | None:
    """Move the next entries of a month into a segment; None if there are none."""
    known = store.archive.month(account_id, month)
    after = known.border if known else None
    entries = store.archive.in_the_table(account_id, month, after, size)
    if not entries:
        return None
    segment = store.archive.write(account_id, month, entries)
    count = (known.entries if known else 0) + segment.count
    number = (known.segments if known else 0) + 1
    version = (known.version if known else 0) + 1
    now = ArchivedMonth(account_id, month, segment.last, count, number, version)
    store.commit(Save(segment), Save(now, known))
    return segment


def months_of(entries: Sequence[Activity]) -> list[str]:
    """Return the months that have entries."""
    return sorted({f"{entry.time:%Y-%m}" for entry in entries})


def walk(store: Store, query: LogQuery, limit: int, account_id: str = H) -> Iterator[str]:
    """Read a log page by page; return the ids of its entries."""
    after: str | None = None
    looked_to = query.until
    while True:
        page = store.log.page(account_id, query, after, limit)
        assert query.since <= page.scanned_to <= looked_to
        assert len(page.items) <= limit
        looked_to = page.scanned_to
        yield from (entry.activity_id for entry in page.items)
        assert after is None or page.after is None or page.after < after
        after = page.after
        if after is None:
            assert page.scanned_to == query.since
            return


def start_of(month: str) -> datetime:
    """Return the first moment of a month."""
    return datetime.fromisoformat(f"{month}-01T00:00:00Z")
