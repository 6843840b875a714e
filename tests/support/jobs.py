"""Where files and jobs go in tests: a bucket and a queue of the world's own, and who works them off."""

import json
from collections.abc import Mapping
from typing import Any

import boto3

from gatehouse.domain.job import JobKind
from gatehouse.usecases.changes import Save
from gatehouse.usecases.work import Steps, work
from local.courier import queued_event
from tests.support.api import handler_of
from tests.support.world import Company, World


class Jobs:
    """The queue of a world, and the function that its messages go to."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.sqs = boto3.client("sqs", region_name="us-east-1")
        self.s3 = boto3.client("s3", region_name="us-east-1")
        self.bucket, self.queue_url = world.ports.place
        self.messages()  # S3 tells that it can tell

    def messages(self) -> list[Mapping[str, Any]]:
        """Take what is in the queue."""
        found: list[Mapping[str, Any]] = []
        while True:
            answer = self.sqs.receive_message(QueueUrl=self.queue_url, MaxNumberOfMessages=10)
            messages = answer.get("Messages", [])
            if not messages:
                return found
            found += messages
            for message in messages:
                self.sqs.delete_message(
                    QueueUrl=self.queue_url, ReceiptHandle=message["ReceiptHandle"]
                )

    def run(self, milliseconds: int = 180_000, most: int = 100) -> dict[str, str]:
        """Let the function work off the queue; return the states that jobs came to."""
        states: dict[str, str] = {}
        for _ in range(most):
            messages = self.messages()
            if not messages:
                return states
            for message in messages:
                states |= handler_of("transfer")(queued_event([message]), _Context(milliseconds))
        raise AssertionError(f"jobs go on for ever: {states}")

    def step(self) -> None:
        """Let the function do one chunk of what is in the queue."""
        handler_of("transfer")(queued_event(self.messages()), _Context(0))

    def empty(self) -> None:
        """Delete every file, as the bucket's own rule does after a week."""
        for one in self.s3.list_objects_v2(Bucket=self.bucket).get("Contents", []):
            self.s3.delete_object(Bucket=self.bucket, Key=one["Key"])

    def queued(self) -> list[dict[str, Any]]:
        """Take the messages and return what they say."""
        return [json.loads(message["Body"]) for message in self.messages()]


def run_steps(
    world: World, account_id: str, job_id: str, steps: Steps, chunks: int | None = None
) -> Any:
    """Do a job's steps here, all of them or a number of chunks."""
    left = iter(range(chunks - 1)) if chunks is not None else None
    kinds = dict.fromkeys(JobKind, steps)
    return work(
        world.ports,
        account_id,
        job_id,
        kinds,
        lambda: left is None or next(left, None) is not None,
    )


def given_up_export(world: World, company: Company, name: str = "administrator") -> str:
    """Return an export that is over, of a company whose Administrator asked for it."""
    asked = world.api("POST", "/exports", token=world.token(company, name))
    assert asked.status == 202, asked
    job = world.ports.store.jobs.get(company.account_id, asked.json["export_id"])
    assert job
    world.ports.store.commit(Save(job.finished(world.clock.now(), "Given up."), job))
    return job.job_id


def given_up_erasure(world: World, company: Company, name: str = "administrator") -> str:
    """Return an erasure that is over, of a person who never was."""
    nobody = {"user_id": f"{company.users[name][:-26]}{0:026}"}
    asked = world.api("POST", "/activities/erasures", nobody, token=world.token(company, name))
    assert asked.status == 202, asked
    job = world.ports.store.jobs.get(company.account_id, asked.json["erasure_id"])
    assert job
    world.ports.store.commit(Save(job.finished(world.clock.now(), "Given up."), job))
    return job.job_id


class _Context:
    def __init__(self, milliseconds: int) -> None:
        self._milliseconds = milliseconds

    def get_remaining_time_in_millis(self) -> int:
        return self._milliseconds
