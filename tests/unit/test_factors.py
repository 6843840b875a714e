"""How somebody signed in: what a token says counts, and silence counts as one factor."""

from datetime import UTC, datetime
from typing import Any

import pytest

from gatehouse.domain.factors import UNKNOWN_FACTORS
from gatehouse.domain.policy import Circumstances
from gatehouse.http.factors import Assurance, factors_of

KNOWN = Assurance()
DEMANDS = Assurance(demands_mfa=True)
OWN_WORDS = Assurance(acr_values=frozenset({"gold", "urn:example:2fa"}))


def is_multi_factor(claims: dict[str, Any], assurance: Assurance = KNOWN) -> bool:
    found = factors_of(claims, assurance)
    return Circumstances(found.amr, found.acr).is_multi_factor


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ({"amr": ["pwd", "mfa"]}, True),
        ({"acr": "phr"}, True),
        ({"acr": "phrh"}, True),
        ({"amr": ["pwd", "otp"]}, False),
        ({"amr": ["pwd"]}, False),
        ({"acr": "1"}, False),
        ({}, False),
    ],
)
def test_more_than_one_factor_is_what_the_issuer_calls_so(
    claims: dict[str, Any], expected: bool
) -> None:
    assert is_multi_factor(claims) is expected


def test_an_issuer_that_is_known_to_demand_it_and_says_nothing_is_believed() -> None:
    assert is_multi_factor({"sub": "a"}, DEMANDS)


@pytest.mark.parametrize("claims", [{"amr": ["pwd"]}, {"amr": []}, {"amr": None}, {"acr": "0"}])
def test_what_an_issuer_says_outranks_what_its_operator_knows(claims: dict[str, Any]) -> None:
    assert not is_multi_factor(claims, DEMANDS)


def test_an_issuers_own_words_for_more_than_one_factor_count_where_they_are_set() -> None:
    assert is_multi_factor({"acr": "gold"}, OWN_WORDS)
    assert not is_multi_factor({"acr": "gold"})
    assert not is_multi_factor({"acr": "silver"}, OWN_WORDS)


@pytest.mark.parametrize(
    "claims",
    [
        {"amr": "mfa"},
        {"amr": {"mfa": True}},
        {"amr": [["mfa"]]},
        {"amr": ["m" * 201, "mfa\n", "", 1, None]},
        {"amr": [str(number) for number in range(20)] + ["mfa"]},
        {"acr": ["phr"]},
        {"acr": "phr\x00"},
    ],
)
def test_a_claim_of_another_shape_adds_no_factor(claims: dict[str, Any]) -> None:
    assert not is_multi_factor(claims)


def test_the_moment_of_signing_in_is_kept_if_it_is_one() -> None:
    assert factors_of({"auth_time": 1_700_000_000}, KNOWN).auth_time == datetime(
        2023, 11, 14, 22, 13, 20, tzinfo=UTC
    )
    for odd in (None, True, "1700000000", 1e300, float("nan"), -(10**30), [1]):
        assert factors_of({"auth_time": odd}, KNOWN) == UNKNOWN_FACTORS
