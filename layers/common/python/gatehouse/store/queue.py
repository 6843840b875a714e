"""The queue of jobs that want to go on: Amazon SQS, and what its messages look like."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_plus

from botocore.exceptions import BotoCoreError, ClientError

from gatehouse.domain.errors import QueueUnavailable


class SqsQueue:
    """Implements :class:`gatehouse.usecases.ports.Queue` with an ``sqs`` client of boto3."""

    def __init__(self, client: Any, url: str) -> None:
        self._client = client
        self._url = url

    def send(self, account_id: str, job_id: str) -> None:
        body = json.dumps({"account_id": account_id, "job_id": job_id})
        try:
            answer = self._client.send_message(QueueUrl=self._url, MessageBody=body)
        except (BotoCoreError, ClientError) as failure:
            raise _unable() from failure
        if not answer.get("MessageId"):
            raise _unable()


def jobs_in(event: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the jobs, as (account, job), that an event of the queue asks to go on with.

    A message is our own, or S3's about files that were uploaded, whose names say whose they are:
    docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
    """
    found = []
    for record in event["Records"]:
        body = json.loads(record["body"])
        if "job_id" in body:
            found.append((body["account_id"], body["job_id"]))
        # S3 tells that it can tell (s3:TestEvent) in a message without any.
        for stored in body.get("Records", ()):
            account_id, job_id, _ = unquote_plus(stored["s3"]["object"]["key"]).split("/", 2)
            found.append((account_id, job_id))
    return found


def _unable() -> QueueUnavailable:
    return QueueUnavailable("The queue of jobs did not answer. Try again in a moment.")
