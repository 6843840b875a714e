"""Import the authorize function as Lambda does and answer one question on moto.

Prints, as JSON, the answer and which of the modules named as arguments were loaded by it. moto
itself loads boto3 and more, so what it has loaded is put aside before the function is imported.
"""

import json
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = {
    "TABLE_NAME": "gatehouse",
    "AWS_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "PUBLIC_BASE_URL": "https://gatehouse.test",
    "MAIL_FROM": "no-reply@gatehouse.test",
    "OIDC_ISSUER": "https://issuer.test",
    "OIDC_CLIENT_ID": "client",
    "SIGNING_KEY": "a key for tests",
    "FILES_BUCKET": "files",
    "ARCHIVE_BUCKET": "archive",
    "EVENT_BUS": "gatehouse",
    "TRANSFER_QUEUE_URL": "https://sqs.test/transfer",
    "POWERTOOLS_METRICS_DISABLED": "true",
    "POWERTOOLS_LOG_LEVEL": "CRITICAL",
}


def main() -> None:
    names = [name for name in sys.argv[1:] if not name.startswith("--")]
    sys.path[:0] = [str(ROOT / "layers/common/python"), str(ROOT / "functions/authorize")]
    if "--import-only" in sys.argv:
        os.environ.clear()
        __import__("handler")
        found: dict[str, object] = {"loaded": [name for name in names if name in sys.modules]}
    else:
        found = decide(names)
    sys.stdout.write(json.dumps(found))


def decide(names: list[str]) -> dict[str, object]:
    """Answer one question; say which modules that loaded."""
    os.environ.update(SETTINGS)
    sys.path.append(str(ROOT))
    import boto3
    from moto import mock_aws

    with mock_aws():
        from tests.support.api import event_of, template

        client = boto3.client("dynamodb", region_name="us-east-1")
        client.create_table(
            TableName="gatehouse", BillingMode="PAY_PER_REQUEST", **template().table
        )
        from gatehouse.domain.api_key import Secret
        from gatehouse.domain.roles import Role
        from gatehouse.domain.secrets import ApiKeyText, hash_of
        from gatehouse.store import keys, mapping
        from tests.support.people import HOST, NOW, a_user, an_account, an_api_key, an_organization

        key = an_api_key(current=Secret(1, hash_of("a" * 52), NOW))
        text = ApiKeyText(key.account_id, key.api_key_id, "a" * 52).text
        user = a_user(of=HOST, role=Role.ADMINISTRATOR)
        organization = an_organization()
        for row in (
            mapping.account_row(an_account()),
            mapping.user_row(user),
            mapping.organization_row(organization),
            keys.api_key_row(key),
        ):
            client.put_item(TableName="gatehouse", Item=row.serialize())
        event = event_of(
            "POST",
            "/access/v1/evaluation",
            json.dumps(
                {
                    "subject": {"type": "user", "id": user.user_id},
                    "action": {"name": "view"},
                    "resource": {"type": "organization", "id": organization.organization_id},
                }
            ),
            {"authorization": f"Bearer {text}", "content-type": "application/json"},
            {},
        )
        # What moto and the set-up loaded does not count; botocore has to stay the one moto watches.
        aside = {
            name: sys.modules.pop(name)
            for name in list(sys.modules)
            if name.partition(".")[0] in {*names, "gatehouse", "pynamodb"}
        }
        import handler  # type: ignore[import-not-found]  # by its folder, as Lambda does

        answer = handler.handler(event, None)
        loaded = [name for name in names if name in sys.modules]
        assert aside
    body = json.loads(answer["body"])
    return {
        "status": answer["statusCode"],
        "decision": body["decision"],
        "reason": body["context"]["reason"],
        "loaded": loaded,
    }


if __name__ == "__main__":
    main()
