"""The courier: takes messages from the queue of jobs to the function, as Lambda's poller does."""

import logging
import threading
from collections.abc import Mapping
from typing import Any, Final

from local.schedule import Callee

log: Final = logging.getLogger("local.courier")
_WAIT_SECONDS: Final = 2
_SLEEP_SECONDS: Final = 1.0
_INVISIBLE_SECONDS: Final = 120
"""For so long a message that failed is not delivered again; template.yaml says 18 minutes."""


class Courier:
    """Hand over one message at a time until stopped; what the function raises comes again."""

    def __init__(self, sqs: Any, queue_url: str, functions: Callee) -> None:
        self._sqs = sqs
        self._queue = queue_url
        self._functions = functions
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Stop, and wait for a message under way."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self.deliver()
            except Exception:  # the engine may be stopping; the queue keeps what it has
                log.exception("a message was not delivered")
                self._stopping.wait(_SLEEP_SECONDS)

    def deliver(self) -> None:
        """Wait for a message for a moment, and hand it over."""
        answer = self._sqs.receive_message(
            QueueUrl=self._queue,
            MaxNumberOfMessages=1,
            WaitTimeSeconds=_WAIT_SECONDS,
            VisibilityTimeout=_INVISIBLE_SECONDS,
        )
        for message in answer.get("Messages", ()):
            self._functions.invoke("transfer", queued_event([message]))
            self._sqs.delete_message(QueueUrl=self._queue, ReceiptHandle=message["ReceiptHandle"])


def queued_event(messages: list[Mapping[str, Any]]) -> dict[str, Any]:
    """Write the event that Lambda's poller makes of messages.

    docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
    """
    return {
        "Records": [
            {
                "messageId": message["MessageId"],
                "receiptHandle": message["ReceiptHandle"],
                "body": message["Body"],
                "attributes": {},
                "messageAttributes": {},
                "md5OfBody": message.get("MD5OfBody", ""),
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:gatehouse-local-transfer",
                "awsRegion": "us-east-1",
            }
            for message in messages
        ]
    }
