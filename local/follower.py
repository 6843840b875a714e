"""The follower: takes new log entries from the table's stream to the function, as Lambda's poller does."""

import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from local.schedule import Callee

log: Final = logging.getLogger("local.follower")
_PAUSE_SECONDS: Final = 0.5
_AT_ONCE: Final = 500


class Follower:
    """Hand over batches in order until stopped; one that fails is handed over again."""

    def __init__(self, streams: Any, stream_arn: str, functions: Callee) -> None:
        self._streams = streams
        self._stream = stream_arn
        self._functions = functions
        self._stopping = threading.Event()
        self._after: str | None = None
        self._thread = threading.Thread(target=self._run, name="follower", daemon=True)

    def start(self) -> None:
        """Begin with the oldest record there is; what was counted before is known to be."""
        self._thread.start()

    def stop(self) -> None:
        """Stop when everything written so far was handed over."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        while True:
            last = self._stopping.is_set()
            try:
                while self.hand_over():
                    pass
            except Exception:  # the engine may be stopping; the stream keeps what it has
                log.exception("new entries were not handed over")
            if last:
                return
            self._stopping.wait(_PAUSE_SECONDS)

    def hand_over(self) -> bool:
        """Hand over the next batch; say whether there was one."""
        shards = self._streams.describe_stream(StreamArn=self._stream)["StreamDescription"]
        (shard,) = shards["Shards"]
        place = (
            {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": self._after}
            if self._after
            else {"ShardIteratorType": "TRIM_HORIZON"}
        )
        iterator = self._streams.get_shard_iterator(
            StreamArn=self._stream, ShardId=shard["ShardId"], **place
        )["ShardIterator"]
        found = self._streams.get_records(ShardIterator=iterator, Limit=_AT_ONCE)["Records"]
        records = list(_entries(found))
        if records:
            self._functions.invoke("follow", streamed_event(records))
        if found:
            self._after = found[-1]["dynamodb"]["SequenceNumber"]
        return bool(found)


def _entries(records: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Keep what template.yaml's filter keeps."""
    for record in records:
        image = record["dynamodb"].get("NewImage", {})
        if record["eventName"] == "INSERT" and "S" in image.get("activity_id", {}):
            yield record


def streamed_event(records: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Write the event that Lambda's poller makes of records.

    docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
    """
    return {
        "Records": [
            {
                "eventID": record["eventID"],
                "eventName": record["eventName"],
                "eventVersion": "1.1",
                "eventSource": "aws:dynamodb",
                "awsRegion": "us-east-1",
                "dynamodb": {
                    "Keys": record["dynamodb"]["Keys"],
                    "NewImage": record["dynamodb"]["NewImage"],
                    "SequenceNumber": record["dynamodb"]["SequenceNumber"],
                    "StreamViewType": "NEW_IMAGE",
                },
                "eventSourceARN": "arn:aws:dynamodb:us-east-1:000000000000:table/gatehouse-local",
            }
            for record in records
        ]
    }
