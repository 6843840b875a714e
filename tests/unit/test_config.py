"""Settings come from the environment, whole, and keep their secret to themselves."""

import re
from pathlib import Path

import pytest

from gatehouse.config import Settings

NEEDED = {
    "TABLE_NAME": "table",
    "AWS_REGION": "eu-west-1",
    "PUBLIC_BASE_URL": "https://gatehouse.test/",
    "MAIL_FROM": "no-reply@gatehouse.test",
    "OIDC_ISSUER": "https://issuer.test",
    "OIDC_CLIENT_ID": "client",
    "SIGNING_KEY": "a very secret key",
    "FILES_BUCKET": "files",
    "ARCHIVE_BUCKET": "archive",
    "EVENT_BUS": "gatehouse",
    "TRANSFER_QUEUE_URL": "https://sqs.eu-west-1.amazonaws.com/123456789012/transfer",
}


def test_what_a_deployment_sets_is_read() -> None:
    settings = Settings.from_environment(NEEDED)
    assert (settings.table_name, settings.region) == ("table", "eu-west-1")
    assert settings.public_base_url == "https://gatehouse.test"
    assert settings.ses_configuration_set is None
    assert settings.organization_ids_limit == 1_000


@pytest.mark.parametrize("name", NEEDED)
def test_a_missing_setting_is_named(name: str) -> None:
    with pytest.raises(KeyError, match=name):
        Settings.from_environment({key: value for key, value in NEEDED.items() if key != name})


def test_limits_are_settings() -> None:
    settings = Settings.from_environment(
        {**NEEDED, "LIMIT_GROUP_IDS": "20", "SES_CONFIGURATION_SET": "mails"}
    )
    assert settings.group_ids_limit == 20
    assert settings.ses_configuration_set == "mails"


def test_what_is_known_of_the_issuer_is_a_setting_and_nothing_is_by_default() -> None:
    settings = Settings.from_environment(NEEDED)
    assert (settings.oidc_demands_mfa, settings.oidc_mfa_acr_values) == (False, frozenset())
    known = {"OIDC_DEMANDS_MFA": "true", "OIDC_MFA_ACR_VALUES": "gold urn:example:2fa"}
    settings = Settings.from_environment({**NEEDED, **known})
    assert settings.oidc_demands_mfa
    assert settings.oidc_mfa_acr_values == {"gold", "urn:example:2fa"}
    assert not Settings.from_environment({**NEEDED, "OIDC_DEMANDS_MFA": "yes"}).oidc_demands_mfa


def test_no_repr_shows_the_signing_key() -> None:
    settings = Settings.from_environment(NEEDED)
    assert settings.signing_key not in f"{settings!r} {settings}"


def test_the_template_gives_every_function_what_is_needed() -> None:
    everybodys = Path("template.yaml").read_text(encoding="utf-8").partition("Resources:")[0]
    given = set(re.findall(r"^        ([A-Z_]+): ", everybodys, re.MULTILINE))
    assert set(NEEDED) <= given | {"AWS_REGION"}  # Lambda itself sets the region
