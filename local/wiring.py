"""Put the product together on the local engine: environment, layer, ports, functions."""

import logging
import os
import sys
from pathlib import Path
from typing import Final

from gatehouse import wiring
from gatehouse.config import Settings
from gatehouse.usecases.ports import Ports
from local import identity
from local.clock import SharedClock
from local.resources import (
    ARCHIVE,
    BUCKET,
    CREDENTIALS,
    EVENT_BUS,
    MAIL_FROM,
    REGION,
    TABLE_NAME,
    queue_url,
)
from local.state import StateFolder
from local.template import Template

_LOG_LIMIT: Final = 10 * 1024 * 1024


def set_environment(base_url: str, endpoint: str, state: StateFolder, template: Template) -> None:
    """Set what Lambda would: the template's variables, and where everything is."""
    for function in template.functions.values():
        os.environ.update(function.variables)
    for unwanted in (
        "AWS_PROFILE",
        "AWS_SESSION_TOKEN",
        "AWS_ENDPOINT_URL",
        "SES_CONFIGURATION_SET",
    ):
        os.environ.pop(unwanted, None)
    os.environ.update(
        {
            "TABLE_NAME": TABLE_NAME,
            "PUBLIC_BASE_URL": base_url,
            "MAIL_FROM": MAIL_FROM,
            "OIDC_ISSUER": f"{base_url}{identity.PATH}",
            "OIDC_CLIENT_ID": identity.CLIENT_ID,
            # Its tokens say nothing of factors unless they are asked to: /.local/token?amr=pwd
            "OIDC_DEMANDS_MFA": "true",
            "SIGNING_KEY": state.secret("signing-key.json"),
            "AWS_ENDPOINT_URL_DYNAMODB": endpoint,
            "AWS_ENDPOINT_URL_SESV2": endpoint,
            "AWS_ENDPOINT_URL_S3": endpoint,
            "AWS_ENDPOINT_URL_SQS": endpoint,
            "AWS_ENDPOINT_URL_EVENTBRIDGE": endpoint,
            "EVENT_BUS": EVENT_BUS,
            "FILES_BUCKET": BUCKET,
            "ARCHIVE_BUCKET": ARCHIVE,
            "TRANSFER_QUEUE_URL": queue_url(endpoint),
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": CREDENTIALS["aws_access_key_id"],
            "AWS_SECRET_ACCESS_KEY": CREDENTIALS["aws_secret_access_key"],
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": "127.0.0.1,localhost",
            "no_proxy": "127.0.0.1,localhost",
        }
    )


def log_to(file: Path) -> None:
    """Send the functions' output and every log line to a file, so that the terminal stays readable."""
    if file.exists() and file.stat().st_size > _LOG_LIMIT:
        file.replace(file.with_suffix(".log.1"))
    stream = file.open("a", encoding="utf-8", buffering=1)
    sys.stdout = stream
    logging.basicConfig(
        stream=stream,
        level=logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
    )


def install(clock: SharedClock) -> Ports:
    """Build the ports as a function would, but with the shared clock, for all functions."""
    ports = wiring.build(Settings.from_environment(), clock=clock)
    wiring.install(ports)
    return ports
