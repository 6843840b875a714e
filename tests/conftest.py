"""Fixtures of all tests: a fresh table on moto or on ministack, and a world on it."""

import gc
import os
import uuid
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import pytest
from hypothesis import HealthCheck, settings
from moto import mock_aws

from local.engine import Engine
from local.state import StateFolder
from tests.support.api import template
from tests.support.proof import (
    proof,
    pytest_report_header,
    pytest_runtest_logreport,
    pytest_sessionfinish,
)
from tests.support.quick_moto import quicken
from tests.support.world import World

__all__ = ["proof", "pytest_report_header", "pytest_runtest_logreport", "pytest_sessionfinish"]

# The store's tests run on any other DynamoDB too: `make test DYNAMODB_ENDPOINT=http://127.0.0.1:8000
# TESTS=tests/store`, with the credentials of the environment.
ELSEWHERE = os.environ.get("DYNAMODB_ENDPOINT")

if not ELSEWHERE:
    os.environ.update(AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test")  # nobody's
os.environ.update(
    AWS_REGION="us-east-1",
    AWS_DEFAULT_REGION="us-east-1",
    POWERTOOLS_SERVICE_NAME="gatehouse",
    POWERTOOLS_METRICS_NAMESPACE="Gatehouse",
    POWERTOOLS_METRICS_DISABLED="true",
    POWERTOOLS_LOG_LEVEL="CRITICAL",
)

# moto's tables are thousands of small objects that live for a test: looking through them for
# cycles every 700 new ones takes a fourteenth of the time.
gc.set_threshold(100_000, 50, 100)

settings.register_profile(
    "test", deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
settings.load_profile("test")


_client = boto3.session.Session().client
"""One session for all: making a new one for each test reads the description of the API anew."""


@pytest.fixture(scope="session", autouse=True)
def one_session() -> Iterator[None]:
    """Let the store make its clients from one session too, and moto do no more than it needs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pynamodb.connection.base.get_session", cache(botocore.session.get_session))
        quicken(patch)
        yield


def create_table(client: Any) -> str:
    """Create a fresh table as template.yaml defines it; return its name."""
    name = f"gatehouse-{uuid.uuid4().hex[:12]}"
    client.create_table(TableName=name, BillingMode="PAY_PER_REQUEST", **template().table)
    return name


@pytest.fixture
def moto_table() -> Iterator[str]:
    """Return a fresh table on moto, in this process."""
    with mock_aws():
        yield create_table(_client("dynamodb", region_name="us-east-1"))


@pytest.fixture(scope="session")
def ministack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the endpoint of a ministack of this test process' own."""
    python = os.environ.get("MINISTACK_PYTHON", ".venv-ministack/bin/python")
    if not Path(python).exists():
        pytest.skip(f"ministack is not installed ({python}); `make test` installs it")
    state = StateFolder(tmp_path_factory.mktemp("ministack"))
    keys = {name: os.environ[name] for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")}
    engine = Engine(state, variables=keys)
    engine.start()
    yield engine.endpoint
    engine.stop()


@pytest.fixture
def ministack_table(ministack: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Return a fresh table on ministack, over HTTP."""
    yield from _table_at(ministack, monkeypatch)


@pytest.fixture
def elsewhere_table(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Return a fresh table at DYNAMODB_ENDPOINT."""
    assert ELSEWHERE
    yield from _table_at(ELSEWHERE, monkeypatch)


def _table_at(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", endpoint)
    if not ELSEWHERE or endpoint != ELSEWHERE:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", endpoint)
        monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", endpoint)
    client = _client("dynamodb", region_name="us-east-1", endpoint_url=endpoint)
    name = create_table(client)
    client.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
    yield name
    client.delete_table(TableName=name)


@pytest.fixture
def world(moto_table: str) -> World:
    """Return a world on moto."""
    return World(moto_table)


@pytest.fixture
def real_world(ministack_table: str) -> World:
    """Return a world on ministack, where transactions are transactions."""
    return World(ministack_table)


@pytest.fixture(params=["moto", "ministack", *(["elsewhere"] if ELSEWHERE else [])])
def any_table(request: pytest.FixtureRequest) -> str:
    """Return a fresh table on each engine in turn."""
    return str(request.getfixturevalue(f"{request.param}_table"))
