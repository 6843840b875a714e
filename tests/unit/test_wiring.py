"""Wiring is lazy: a function loads what it calls, and nothing when it is imported."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gatehouse import wiring
from gatehouse.config import Settings
from gatehouse.domain.ids import home_account_of, is_id
from gatehouse.domain.moments import to_the_millisecond
from gatehouse.wiring import LazyPorts, RandomIds, SystemClock
from tests.support.clock import FakeClock
from tests.support.people import NOW
from tests.unit.test_config import NEEDED

HEAVY = [
    *("pydantic", "jinja2", "joserfc", "cryptography", "email_validator"),
    *("boto3", "s3transfer", "aws_xray_sdk", "aws_lambda_powertools", "jwt"),
    *("pynamodb.models", "gatehouse.store.rows", "gatehouse.store.invitations"),
    *("gatehouse.usecases.ports", "gatehouse.usecases.changes", "gatehouse.usecases.sign_in"),
    *("gatehouse.domain.mailing", "gatehouse.domain.session"),
]
ONE_DECISION = Path(__file__).with_name("one_decision.py")
SETTINGS = Settings.from_environment(NEEDED)


def run(*arguments: str) -> dict[str, Any]:
    answer = subprocess.run(
        [sys.executable, str(ONE_DECISION), *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert answer.returncode == 0, answer.stderr
    return dict(json.loads(answer.stdout.splitlines()[-1]))


def test_a_decision_is_answered_without_loading_what_it_does_not_use() -> None:
    found = run(*HEAVY)
    assert (found["status"], found["decision"], found["reason"]) == (200, True, "allowed")
    assert found["loaded"] == []


def test_importing_a_function_makes_no_client_and_reads_no_environment() -> None:
    assert run("--import-only", *HEAVY, "gatehouse.store.dynamo", "botocore.client") == {
        "loaded": []
    }


def test_each_port_is_made_once_and_when_first_asked_for() -> None:
    ports = LazyPorts(SETTINGS)
    assert not {"store", "mailer", "identities"} & ports.__dict__.keys()
    assert ports.identities is ports.identities
    assert ports.signing_key == SETTINGS.signing_key.encode()
    assert ports.limits.organization_ids == SETTINGS.organization_ids_limit


def test_a_process_has_one_set_of_ports(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wiring._Installed, "ports", None)
    for name, value in NEEDED.items():
        monkeypatch.setenv(name, value)
    ports = wiring.ports()
    assert wiring.ports() is ports
    other = wiring.build(SETTINGS, clock=FakeClock())
    wiring.install(other)
    assert wiring.ports() is other


@pytest.mark.parametrize("is_lambda", [True, False])
def test_the_store_is_there_before_the_first_question_in_lambda_and_nowhere_else(
    monkeypatch: pytest.MonkeyPatch, *, is_lambda: bool
) -> None:
    ports = LazyPorts(SETTINGS)
    monkeypatch.setattr(wiring._Installed, "ports", ports)
    monkeypatch.delenv("AWS_LAMBDA_FUNCTION_NAME", raising=False)
    if is_lambda:
        monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "authorize")
    wiring.prime()
    assert ("store" in ports.__dict__) is is_lambda


def test_the_clock_is_utc_and_cut_to_the_millisecond() -> None:
    before = to_the_millisecond(datetime.now(UTC))
    now = SystemClock().now()
    assert before <= now <= datetime.now(UTC)
    assert now.microsecond % 1000 == 0


class Standing:
    """A clock that stands."""

    def now(self) -> datetime:
        return NOW


def test_ids_made_in_an_order_are_listed_in_that_order_within_one_millisecond_too() -> None:
    ids = RandomIds(Standing())
    made = [ids.new("org") for _ in range(2_000)]
    assert made == sorted(set(made))
    assert all(is_id(one, "org") for one in made)


def test_ids_of_a_later_millisecond_come_after() -> None:
    clock = FakeClock()
    ids = RandomIds(clock)
    first = ids.new("con")
    clock.advance(milliseconds=1)
    assert first < ids.new("con")


def test_ids_have_their_shapes() -> None:
    ids = RandomIds(Standing())
    account = ids.account()
    assert is_id(account, "acc")
    assert home_account_of(ids.user(account)) == account
    assert is_id(ids.api_key(), "key")
    assert ids.token() != ids.token()
