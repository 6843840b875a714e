"""One question with its facts: a guest's Editor and an organization granted through a group."""

import json
from datetime import UTC, datetime
from typing import Any, Final

from gatehouse.domain.account import Account, Region
from gatehouse.domain.api_key import ApiKey, ApiScope
from gatehouse.domain.connection import State
from gatehouse.domain.decision import Facts, Pair
from gatehouse.domain.directory import Organization
from gatehouse.domain.roles import Role
from gatehouse.domain.secrets import ApiKeyText, hash_of
from gatehouse.domain.user import User
from gatehouse.usecases.changes import Entity

THEN: Final = datetime(2026, 11, 22, 10, tzinfo=UTC)
HOST: Final = "acc_" + "a" * 16
GUEST: Final = "acc_" + "b" * 16
USER: Final = "usr_" + "b" * 16 + "_" + "0" * 25 + "1"
KEY: Final = ApiKeyText(HOST, "key_" + "c" * 12, "d" * 52)
CONNECTION: Final = "con_" + "0" * 25 + "1"
TABLE: Final = "gatehouse-bench"

ENVIRONMENT: Final = {
    "AWS_ACCESS_KEY_ID": "bench",
    "AWS_SECRET_ACCESS_KEY": "bench",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "TABLE_NAME": TABLE,
    "PUBLIC_BASE_URL": "https://gatehouse.bench",
    "MAIL_FROM": "no-reply@gatehouse.bench",
    "OIDC_ISSUER": "https://issuer.bench",
    "OIDC_CLIENT_ID": "bench",
    "SIGNING_KEY": "bench",
    "FILES_BUCKET": "files",
    "ARCHIVE_BUCKET": "archive",
    "EVENT_BUS": "bench",
    "TRANSFER_QUEUE_URL": "https://sqs.test/transfer",
    "POWERTOOLS_SERVICE_NAME": "gatehouse",
    "POWERTOOLS_METRICS_NAMESPACE": "Gatehouse",
}


def number(kind: str, index: int) -> str:
    """Return the id of the index-th thing of a kind."""
    return f"{kind}_{index:026d}"


def account() -> Account:
    return Account(HOST, "bench", "Bench Ltd", Region.EU, 14, THEN)


def api_key() -> ApiKey:
    scopes = frozenset({ApiScope.AUTHORIZE, ApiScope.AUTHORIZE_DRY_RUN})
    return ApiKey.new(HOST, KEY.api_key_id, "bench", scopes, hash_of(KEY.secret), THEN)


def user() -> User:
    return User(GUEST, USER, "ana@guest.test", "Ana Guest", Role.EDITOR, THEN)


def pair(groups: int = 10, *, everything: bool = False) -> Pair:
    return Pair(
        host_account_id=HOST,
        guest_account_id=GUEST,
        connection_id=CONNECTION,
        state=State.ACTIVE,
        maximum_role=Role.CREATOR,
        group_ids=frozenset(number("grp", index) for index in range(groups)),
        grant_id=None,
        all_organizations=everything,
        expires_at=THEN,
        accepted_at=THEN,
    )


def organization(index: int = 0, groups: int = 10) -> Organization:
    """Return an organization reached through the last of the pair's groups and other groups."""
    reached = {number("grp", groups - 1), *(number("grp", 1_000 + at) for at in range(groups - 1))}
    name = f"Organization {index}"
    return Organization(HOST, number("org", index), name, None, THEN, frozenset(reached))


def entities(groups: int = 10, *, everything: bool = False) -> list[Entity]:
    """Return everything that one decision reads."""
    return [
        api_key(),
        account(),
        user(),
        pair(groups, everything=everything),
        organization(0, groups),
    ]


def facts(groups: int = 10) -> Facts:
    return Facts(False, user(), pair(groups), organization(0, groups))


def question(organization_index: int = 0) -> dict[str, Any]:
    return {
        "subject": {"type": "user", "id": USER},
        "action": {"name": "edit"},
        "resource": {"type": "organization", "id": number("org", organization_index)},
    }


def event(body: dict[str, Any], path: str = "/access/v1/evaluation") -> dict[str, Any]:
    """Return a request as API Gateway hands it over (payload format 2.0)."""
    return {
        "version": "2.0",
        "routeKey": f"POST {path}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"authorization": f"Bearer {KEY.text}", "content-type": "application/json"},
        "requestContext": {
            "requestId": "bench",
            "http": {"method": "POST", "path": path, "sourceIp": "192.0.2.7", "userAgent": "bench"},
        },
        "body": json.dumps(body),
        "isBase64Encoded": False,
    }


def decision_event(*, dry_run: bool = False) -> dict[str, Any]:
    return event({**question(), "context": {"dry_run": dry_run}})


def batch_event(size: int) -> dict[str, Any]:
    batch = {"evaluations": [question(index) for index in range(size)]}
    return event(batch, "/access/v1/evaluations")
