"""An account is named by its subdomain: one DNS label."""

import pytest

from gatehouse.domain.account import AccountName, clean_subdomain
from tests.support.people import an_account


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("continuum", "continuum"),
        ("  Continuum\n", "continuum"),
        ("A1", "a1"),
        ("x", "x"),
        ("a-b-c", "a-b-c"),
        ("xn--bcher-kva", "xn--bcher-kva"),
        ("a" * 63, "a" * 63),
    ],
)
def test_a_subdomain_is_trimmed_and_lower_cased(typed: str, meant: str) -> None:
    assert clean_subdomain(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "  ",
        "-a",
        "a-",
        "a b",
        "a.b",
        "a_b",
        "a" * 64,
        "bücher",
        "a\nb",
        "https://a",
        "a@b",
        "\u212a\u0131",
        "a\x00",
    ],
)
def test_what_is_no_dns_label_is_no_subdomain(typed: str) -> None:
    assert clean_subdomain(typed) is None


def test_the_other_side_sees_id_subdomain_and_name_of_an_account() -> None:
    account = an_account()
    assert account.named == AccountName(account.account_id, account.subdomain, account.name)


def test_changing_settings_leaves_the_others_and_counts_the_version() -> None:
    account = an_account(version=4)
    renamed = account.changed(name="New", invitation_expires_in_days=None)
    assert (renamed.name, renamed.invitation_expires_in_days, renamed.version) == ("New", 7, 5)
    slower = renamed.changed(name=None, invitation_expires_in_days=30)
    assert (slower.name, slower.invitation_expires_in_days, slower.version) == ("New", 30, 6)
    assert (slower.subdomain, slower.region) == (account.subdomain, account.region)
