"""What a deployment's template creates, made in the local engine: table, SES identity, files, queue."""

from collections.abc import Mapping
from typing import Any, Final

import boto3
from botocore.config import Config

from gatehouse.domain.job import UPLOADED
from local.engine import KEY
from local.state import StateFolder
from local.template import Template
from local.trouble import Trouble

TABLE_NAME: Final = "gatehouse-local"
MAIL_FROM: Final = "no-reply@gatehouse.test"
REGION: Final = "us-east-1"
CREDENTIALS: Final = {name.lower(): value for name, value in KEY.items()}
BUCKET: Final = "gatehouse-local-files"
ARCHIVE: Final = "gatehouse-local-archive"
EVENT_BUS: Final = "gatehouse-local"
QUEUE: Final = "gatehouse-local-transfer"


def queue_url(endpoint: str) -> str:
    """Return the address of the queue of jobs."""
    return f"{endpoint}/000000000000/{QUEUE}"


def client(service: str, endpoint: str) -> Any:
    """Make a client of a service of the local engine."""
    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name=REGION,
        config=Config(retries={"max_attempts": 1}, read_timeout=30),
        **CREDENTIALS,
    )


def ensure_resources(endpoint: str, template: Template, state: StateFolder) -> bool:
    """Create what is absent; say whether the table was new."""
    new = _ensure_table(client("dynamodb", endpoint), template, state)
    _ensure_identity(client("sesv2", endpoint))
    ensure_files(client("s3", endpoint), client("sqs", endpoint))
    client("s3", endpoint).create_bucket(Bucket=ARCHIVE)
    _ensure_event_bus(client("events", endpoint))
    return new


def _ensure_table(dynamodb: Any, template: Template, state: StateFolder) -> bool:
    if not template.table:
        raise Trouble("template.yaml defines no DynamoDB table. Run this from a whole clone.")
    try:
        found = dynamodb.describe_table(TableName=TABLE_NAME)["Table"]
    except dynamodb.exceptions.ResourceNotFoundException:
        dynamodb.create_table(
            TableName=TABLE_NAME,
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
            **template.table,
        )
        if template.ttl_attribute:
            dynamodb.update_time_to_live(
                TableName=TABLE_NAME,
                TimeToLiveSpecification={
                    "Enabled": True,
                    "AttributeName": template.ttl_attribute,
                },
            )
        return True
    if _keys(found) != _keys(template.table):
        raise state.stale("its table has other keys or indexes than template.yaml now says")
    return False


def _keys(table: Mapping[str, Any]) -> dict[str, Any]:
    indexes = table.get("GlobalSecondaryIndexes") or []
    return {
        "": _pairs(table["KeySchema"]),
        **{index["IndexName"]: _pairs(index["KeySchema"]) for index in indexes},
    }


def _pairs(schema: list[Mapping[str, str]]) -> list[tuple[str, str]]:
    return [(key["AttributeName"], key["KeyType"]) for key in schema]


def stream_arn(endpoint: str) -> str:
    """Return the stream of the table."""
    table = client("dynamodb", endpoint).describe_table(TableName=TABLE_NAME)["Table"]
    return str(table["LatestStreamArn"])


def _ensure_event_bus(events: Any) -> None:
    buses = events.list_event_buses(NamePrefix=EVENT_BUS)["EventBuses"]
    if not buses:
        events.create_event_bus(Name=EVENT_BUS)


def _ensure_identity(sesv2: Any) -> None:
    try:
        sesv2.create_email_identity(EmailIdentity=MAIL_FROM)
    except sesv2.exceptions.AlreadyExistsException:
        return


def ensure_files(s3: Any, sqs: Any, bucket: str = BUCKET, queue: str = QUEUE) -> str:
    """Create the bucket and the queue that hears of uploads; return the queue's address."""
    url = str(sqs.create_queue(QueueName=queue)["QueueUrl"])
    asked = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    s3.create_bucket(Bucket=bucket)
    uploads = {"Key": {"FilterRules": [{"Name": "suffix", "Value": f"/{UPLOADED}"}]}}
    told = {
        "QueueArn": asked["Attributes"]["QueueArn"],
        "Events": ["s3:ObjectCreated:*"],
        "Filter": uploads,
    }
    s3.put_bucket_notification_configuration(
        Bucket=bucket, NotificationConfiguration={"QueueConfigurations": [told]}
    )
    return url
