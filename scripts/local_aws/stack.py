"""The stack on the local AWS, and what an operator does with it."""

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import boto3

from local.engine import Engine
from local.state import StateFolder
from local.template import ROOT
from local.trouble import Trouble

STACK: Final = "gatehouse"
REGION: Final = "us-east-1"
ACCOUNT: Final = "000000000000"  # as an access key it is the account's root, by ministack's rule


def clear_environment() -> None:
    """Forget the caller's AWS, and be the local account's root."""
    for name in [n for n in os.environ if n.startswith("AWS_") or n in {"MAKEFLAGS", "MAKELEVEL"}]:
        del os.environ[name]
    os.environ |= {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",  # nobody's, until the local one is known
        "AWS_ACCESS_KEY_ID": ACCOUNT,
        "AWS_SECRET_ACCESS_KEY": "local",  # no secret
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
    }


class LocalStack:
    """One stack on one ministack."""

    def __init__(self, state: StateFolder, engine: Engine, architecture: str) -> None:
        self._state = state
        # For SAM, for the seeding and for the clients here alike.
        os.environ["AWS_ENDPOINT_URL"] = engine.endpoint
        self._architecture = architecture
        self._build = state.folder / "build"

    def client(self, service: str) -> Any:
        """Make a client of a service."""
        return boto3.client(service, region_name=REGION)

    def build(self, python: str) -> None:
        """Build the functions and the layer, beside the state, not in the clone."""
        self._sam("build", "--build-dir", str(self._build), python=python)

    def deploy(self, **parameters: str) -> str:
        """Deploy what was built; return the stack's status."""
        arguments = ["--template-file", str(self._build / "template.yaml")]
        arguments += ["--stack-name", STACK, "--no-confirm-changeset"]
        self._sam("deploy", *arguments, parameters=parameters)
        stack = self.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]
        return str(stack["StackStatus"])

    def delete(self) -> None:
        """Delete the stack."""
        self._sam("delete", "--stack-name", STACK, "--no-prompts")

    def _sam(
        self,
        command: str,
        *arguments: str,
        parameters: Mapping[str, str] | None = None,
        python: str = "",
    ) -> None:
        sam = ROOT / ".venv-sam" / "bin"
        line = [str(sam / "sam"), command, *arguments, "--region", REGION]
        line += ["--config-file", str(ROOT / "samconfig.toml")]
        if command != "delete":
            chosen = {"Architecture": self._architecture, **(parameters or {})}
            line += ["--parameter-overrides", *(f"{n}={v}" for n, v in chosen.items())]
        variables = {
            **os.environ,
            "ARCHITECTURE": self._architecture,
            "PIP_PYTHON": str(sam / "python"),
            "SAM_CLI_TELEMETRY": "0",
            "PATH": f"{Path(python).parent}{os.pathsep}{os.environ['PATH']}",
        }
        log = self._state.folder / "sam.log"
        with log.open("a", encoding="utf-8") as file:
            done = subprocess.run(
                line, cwd=ROOT, env=variables, stdout=file, stderr=subprocess.STDOUT, check=False
            )
        if done.returncode:
            end = "\n".join(log.read_text(encoding="utf-8").splitlines()[-60:])
            raise Trouble(f"`sam {command}` failed:\n{end}")

    def resources(self) -> list[tuple[str, str, str]]:
        """Return the stack's resources: type, logical id, physical id."""
        pages = self.client("cloudformation").get_paginator("list_stack_resources")
        found = [r for p in pages.paginate(StackName=STACK) for r in p["StackResourceSummaries"]]
        return [(r["ResourceType"], r["LogicalResourceId"], r["PhysicalResourceId"]) for r in found]

    def let_mail_go(self) -> int:
        """Allow SendEmail to whoever has the template's mail policy; return how many roles that are.

        The policy names the identity and the sender; ministack judges SendEmail by resource `*`
        and knows no sender, so it would refuse what SES allows.
        """
        iam = self.client("iam")
        mail = {"Effect": "Allow", "Action": "ses:SendEmail", "Resource": "*"}
        text = json.dumps({"Version": "2012-10-17", "Statement": [mail]})
        arn = next(
            physical
            for kind, logical, physical in self.resources()
            if kind == "AWS::IAM::ManagedPolicy" and logical == "SendMailPolicy"
        )
        roles = iam.list_entities_for_policy(PolicyArn=arn)["PolicyRoles"]
        for role in roles:
            iam.put_role_policy(
                RoleName=role["RoleName"], PolicyName="ministack-mail", PolicyDocument=text
            )
        return len(roles)

    def outputs(self) -> dict[str, str]:
        """Return the stack's outputs."""
        stack = self.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]
        return {o["OutputKey"]: o["OutputValue"] for o in stack["Outputs"]}
