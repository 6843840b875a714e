"""Files: kept whole, read from any byte, handed out by addresses that end."""

import json
import uuid
from collections.abc import Iterator
from datetime import timedelta

import boto3
import httpx
import pytest
from botocore.config import Config

from gatehouse.config import Settings
from gatehouse.domain.errors import FileGone, FilesUnavailable, QueueUnavailable
from gatehouse.store import files as of_files
from gatehouse.store.files import S3Files
from gatehouse.store.queue import SqsQueue, jobs_in
from gatehouse.wiring import LazyPorts
from local.resources import ensure_files
from tests.unit.test_config import NEEDED

HOUR = timedelta(hours=1)
NAME = "acc_aaaaaaaaaaaaaaaa/imp_1/file.csv"


def ports_at(table: str) -> LazyPorts:
    """Ports on a fresh bucket and queue."""
    name = f"gatehouse-{uuid.uuid4().hex[:12]}"
    s3, sqs = (boto3.client(one, region_name="us-east-1") for one in ("s3", "sqs"))
    given = {
        "TABLE_NAME": table,
        "AWS_REGION": "us-east-1",
        "EVENT_BUS": "of no use here",
        "FILES_BUCKET": name,
        "ARCHIVE_BUCKET": name,
        "TRANSFER_QUEUE_URL": ensure_files(s3, sqs, name, name),
    }
    return LazyPorts(Settings.from_environment(NEEDED | given))


@pytest.fixture
def ports(any_table: str) -> LazyPorts:
    return ports_at(any_table)


@pytest.fixture
def real(ministack_table: str) -> LazyPorts:
    return ports_at(ministack_table)


def messages(ports: LazyPorts) -> list[tuple[str, str]]:
    sqs = boto3.client("sqs", region_name="us-east-1")
    answer = sqs.receive_message(
        QueueUrl=ports.settings.transfer_queue_url, MaxNumberOfMessages=10, WaitTimeSeconds=1
    )
    return jobs_in({"Records": [{"body": one["Body"]} for one in answer.get("Messages", [])]})


def test_a_file_is_read_as_it_was_put(ports: LazyPorts) -> None:
    put = ports.files.put(NAME, [b"email,", b"name\n", b"a@acme.test,Ada\n"])
    assert put.size == 27
    assert ports.files.find(NAME) == put
    assert b"".join(ports.files.read(NAME, put.etag)) == b"email,name\na@acme.test,Ada\n"
    assert b"".join(ports.files.read(NAME, put.etag, start=11)) == b"a@acme.test,Ada\n"
    ports.files.delete(NAME)
    assert ports.files.find(NAME) is None


def test_a_large_file_is_put_in_parts(ports: LazyPorts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(of_files, "_PART", 5 * 1024 * 1024)
    put = ports.files.put(NAME, (bytes([number]) * 1024 * 1024 for number in range(11)))
    assert put.size == 11 * 1024 * 1024
    assert ports.files.find(NAME) == put
    last = b"".join(ports.files.read(NAME, put.etag, start=10 * 1024 * 1024))
    assert last == b"\x0a" * 1024 * 1024


def test_what_breaks_off_leaves_no_file(ports: LazyPorts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(of_files, "_PART", 5 * 1024 * 1024)

    def broken() -> Iterator[bytes]:
        for _ in range(11):
            yield b"x" * 1024 * 1024
        raise InterruptedError

    with pytest.raises(InterruptedError):
        ports.files.put(NAME, broken())
    assert ports.files.find(NAME) is None
    s3 = boto3.client("s3", region_name="us-east-1")
    assert not s3.list_multipart_uploads(Bucket=ports.settings.files_bucket).get("Uploads")


def test_another_file_in_its_place_is_not_read(ports: LazyPorts) -> None:
    first = ports.files.put(NAME, [b"first"])
    ports.files.put(NAME, [b"second"])
    with pytest.raises(FileGone):
        next(ports.files.read(NAME, first.etag))
    ports.files.delete(NAME)
    with pytest.raises(FileGone):
        next(ports.files.read(NAME, first.etag))


def test_an_address_takes_one_file_and_no_other(real: LazyPorts) -> None:
    address = real.files.upload_address(NAME, HOUR)
    assert address.startswith("http://127.0.0.1:")
    assert httpx.put(address, content=b"hello").status_code == 200
    other = address.replace("file.csv", "else.csv")
    assert httpx.put(other, content=b"hello").status_code == 403
    assert httpx.get(address).status_code == 403
    file = real.files.find(NAME)
    assert file is not None
    assert file.size == 5


def test_an_address_to_read_names_the_file(real: LazyPorts) -> None:
    real.files.put(NAME, [b"hello"])
    got = httpx.get(real.files.download_address(NAME, HOUR, save_as="users.csv"))
    assert (got.status_code, got.content) == (200, b"hello")
    assert got.headers["content-disposition"] == 'attachment; filename="users.csv"'
    assert httpx.get(f"{httpx.URL(str(got.url)).copy_with(query=None)}").status_code in {403, 200}


def test_a_form_takes_a_file_up_to_a_size_and_goes_on(real: LazyPorts) -> None:
    upload = NAME.replace("file.csv", "upload.csv")
    form = real.files.upload_form(upload, HOUR, most=100, return_to="https://gatehouse.test/on")
    sent = httpx.post(form.address, data=dict(form.fields), files={"file": ("a.csv", b"hello")})
    assert sent.status_code == 303
    assert sent.headers["location"].startswith("https://gatehouse.test/on")
    large = httpx.post(form.address, data=dict(form.fields), files={"file": ("a.csv", b"x" * 101)})
    assert large.status_code == 400
    elsewhere = {**form.fields, "success_action_redirect": "https://evil.test/"}
    moved = httpx.post(form.address, data=elsewhere, files={"file": ("a.csv", b"hello")})
    assert moved.status_code == 403
    assert messages(real) == [("acc_aaaaaaaaaaaaaaaa", "imp_1")]


def test_a_job_is_queued(ports: LazyPorts) -> None:
    ports.queue.send("acc_aaaaaaaaaaaaaaaa", "imp_1")
    assert messages(ports) == [("acc_aaaaaaaaaaaaaaaa", "imp_1")]


def test_what_does_not_answer_is_our_own_error() -> None:
    nowhere = {
        "region_name": "us-east-1",
        "endpoint_url": "http://127.0.0.1:9",
        "config": Config(retries={"total_max_attempts": 1}),
    }
    files = S3Files(boto3.client("s3", **nowhere), "bucket")
    for call in (
        lambda: files.put(NAME, [b"x"]),
        lambda: files.find(NAME),
        lambda: next(files.read(NAME, "etag")),
        lambda: files.delete(NAME),
    ):
        with pytest.raises(FilesUnavailable):
            call()
    with pytest.raises(QueueUnavailable):
        SqsQueue(boto3.client("sqs", **nowhere), "http://127.0.0.1:9/q").send("acc_1", "imp_1")


def test_addresses_lead_to_the_buckets_own_region() -> None:
    ports = LazyPorts(Settings.from_environment(NEEDED | {"AWS_REGION": "eu-central-1"}))
    assert ".s3.eu-central-1.amazonaws.com/" in ports.files.upload_address(NAME, HOUR)


def test_the_message_of_an_upload_says_whose_it_is() -> None:
    told = {"Records": [{"s3": {"object": {"key": "acc_1/imp_1/upload.csv"}}}]}
    event = {"Records": [{"body": json.dumps(told)}, {"body": '{"Event": "s3:TestEvent"}'}]}
    assert jobs_in(event) == [("acc_1", "imp_1")]
