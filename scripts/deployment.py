"""Deploy Gatehouse to AWS, create an account in a deployment, remove a deployment.

`make` calls it; what the caller sets there (`make deploy MAIL_FROM=…`) arrives in the environment.
Credentials and the region are found as the AWS command line finds them.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import boto3
from botocore.exceptions import BotoCoreError, ClientError

ROOT: Final = Path(__file__).resolve().parent.parent
SAM: Final = Path(sys.executable).with_name("sam")

# Of the template's parameters, those that a caller may set, by the name that `make` uses.
PARAMETERS: Final = {
    "PUBLIC_BASE_URL": "PublicBaseUrl",
    "MAIL_FROM": "MailFrom",
    "MAIL_IDENTITY": "MailIdentity",
    "OIDC_ISSUER": "OidcIssuer",
    "OIDC_CLIENT_ID": "OidcClientId",
    "OIDC_CLIENT_SECRET_ARN": "OidcClientSecretArn",
    "OIDC_DEMANDS_MFA": "OidcDemandsMfa",
    "OIDC_MFA_ACR_VALUES": "OidcMfaAcrValues",
    "SIGNING_KEY_VERSION": "SigningKeyVersion",
    "ARCHITECTURE": "Architecture",
    "LOG_LEVEL": "LogLevel",
    "LOG_RETENTION_DAYS": "LogRetentionDays",
    "DELETION_PROTECTION": "DeletionProtection",
    "ARCHIVE_AFTER_MONTHS": "ArchiveAfterMonths",
    "THROTTLING_RATE": "ThrottlingRate",
    "THROTTLING_BURST": "ThrottlingBurst",
    "ALARM_TOPIC_ARN": "AlarmTopicArn",
}
_CREATE: Final = (
    "make create-account SUBDOMAIN=acme NAME='Acme MSP' REGION=eu ADMIN_EMAIL=ada@example.com "
    "[ADMIN_NAME='Ada Example' PLAN=Team SEATS=25]"
)
_SET_PLAN: Final = "make set-plan SUBDOMAIN=acme [PLAN=Team SEATS=25|none]"
# Until the HTTP API exists nobody knows its address, and without an address there is no API.
UNKNOWN_ADDRESS: Final = "https://pending.invalid"


class Refused(Exception):
    """What the caller has to put right; the text is shown as it is."""


class Stack:
    """A CloudFormation stack, by name, in the region that the environment chooses."""

    def __init__(self, session: Any, name: str) -> None:
        if not session.region_name:
            raise Refused("Say which region: AWS_REGION=eu-central-1 make …")
        self.session = session
        self.name = name

    def describe(self) -> dict[str, Any] | None:
        """Return the stack as CloudFormation describes it; None if there is none."""
        try:
            answer = self.session.client("cloudformation").describe_stacks(StackName=self.name)
        except ClientError as error:
            if "does not exist" in str(error):
                return None
            raise
        described: dict[str, Any] = answer["Stacks"][0]
        return described

    def require(self) -> dict[str, Any]:
        """Return the stack; raise Refused if there is none."""
        described = self.describe()
        if described is None:
            raise Refused(
                f"There is no stack {self.name} in {self.session.region_name}. "
                "`make deploy` makes one; STACK= and AWS_REGION= choose another."
            )
        return described

    def outputs(self) -> dict[str, str]:
        """Return the stack's outputs by name."""
        return {o["OutputKey"]: o["OutputValue"] for o in self.require().get("Outputs", [])}

    def sam(self, *arguments: str) -> None:
        """Run a command of SAM on the stack; raise Refused if it fails."""
        command = [str(SAM), *arguments, "--stack-name", self.name]
        command += ["--region", self.session.region_name]
        if subprocess.run(command, cwd=ROOT, check=False).returncode:
            raise Refused(f"`sam {arguments[0]}` failed; its reason is above.")


def deploy(stack: Stack) -> None:
    """Deploy, and once more if only now the address is known that links and sign-in need."""
    chosen = {name: os.environ[key] for key, name in PARAMETERS.items() if os.environ.get(key)}
    if stack.describe() is None:
        if "MailFrom" not in chosen:
            raise Refused(
                "Say who the e-mails come from: make deploy MAIL_FROM=gatehouse@example.com\n"
                "SES must have verified the address, or its domain (then also MAIL_IDENTITY=)."
            )
        chosen.setdefault("PublicBaseUrl", UNKNOWN_ADDRESS)
    _deploy_with(stack, chosen)
    outputs = stack.outputs()
    if outputs["PublicBaseUrl"] == UNKNOWN_ADDRESS:
        print(f"\nThe address is {outputs['ApiUrl']}: deploying once more, so that links use it.\n")
        _deploy_with(stack, {"PublicBaseUrl": outputs["ApiUrl"]})
        outputs = stack.outputs()
    print(
        f"\nGatehouse is at {outputs['PublicBaseUrl']}\n"
        "Next: make create-account SUBDOMAIN=acme NAME='Acme MSP' REGION=eu "
        "ADMIN_EMAIL=ada@example.com"
    )


def _deploy_with(stack: Stack, parameters: dict[str, str]) -> None:
    overrides = [f"{name}={value}" for name, value in parameters.items()]
    stack.sam("deploy", *(["--parameter-overrides", *overrides] if overrides else []))


def create_account(stack: Stack) -> None:
    """Invoke the function without a route, and let the first Administrator sign in."""
    account = {
        "subdomain": _needed("SUBDOMAIN", _CREATE),
        "name": _needed("NAME", _CREATE),
        "region": _needed("REGION", _CREATE),
        "admin_email": _needed("ADMIN_EMAIL", _CREATE),
    }
    if os.environ.get("ADMIN_NAME"):
        account["admin_name"] = os.environ["ADMIN_NAME"]
    outputs = stack.outputs()
    event = {**account, **_plan()}
    _invoke(stack, outputs["CreateAccountFunction"], event, "No account was created")
    if "UserPoolId" in outputs:
        _let_sign_in(stack, outputs["UserPoolId"], account["admin_email"])


def set_plan(stack: Stack) -> None:
    """Change an account's plan, and count its seats anew."""
    event = {"subdomain": _needed("SUBDOMAIN", _SET_PLAN), **_plan()}
    _invoke(stack, stack.outputs()["SetPlanFunction"], event, "The plan was not changed")


def _plan() -> dict[str, Any]:
    """Return what the caller says of a plan; SEATS=none is no limit."""
    plan: dict[str, Any] = {}
    if os.environ.get("PLAN"):
        plan["plan"] = os.environ["PLAN"]
    seats = os.environ.get("SEATS", "").strip().lower()
    if seats:
        if seats != "none" and not seats.isdecimal():
            raise Refused("SEATS= must be a number, or none for no limit.")
        plan["seats"] = None if seats == "none" else int(seats)
    return plan


def _invoke(stack: Stack, function: str, event: dict[str, Any], failed: str) -> None:
    """Invoke a function without a route and print its answer; raise Refused if it raised."""
    answer = stack.session.client("lambda").invoke(
        FunctionName=function, Payload=json.dumps(event).encode()
    )
    said = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        reason = said.get("errorMessage") or said.get("errorType") or "without a reason"
        raise Refused(f"{failed}: {reason}")
    print(json.dumps(said, indent=2, ensure_ascii=False))


def _let_sign_in(stack: Stack, user_pool_id: str, email: str) -> None:
    cognito = stack.session.client("cognito-idp")
    try:
        cognito.admin_create_user(
            UserPoolId=user_pool_id,
            Username=email,
            UserAttributes=[
                {"Name": "email", "Value": email},
                {"Name": "email_verified", "Value": "true"},
            ],
            DesiredDeliveryMediums=["EMAIL"],
        )
    except cognito.exceptions.UsernameExistsException:
        print(f"{email} could sign in before, and still can.")
    else:
        print(f"{email} has been sent a temporary password.")


def remove(stack: Stack) -> None:
    """Delete the stack and with it the data, once nothing is protected any more."""
    parameters = {
        p["ParameterKey"]: p["ParameterValue"] for p in stack.require().get("Parameters", [])
    }
    if parameters.get("DeletionProtection") != "false":
        raise Refused(
            f"The data of {stack.name} is protected. If it may go for good, first run\n"
            "make deploy DELETION_PROTECTION=false"
        )
    for bucket in ("FilesBucket", "ArchiveBucket"):
        _empty(stack, stack.outputs()[bucket])
    stack.sam("delete")


def _empty(stack: Stack, bucket: str) -> None:
    """Delete what is in a bucket: CloudFormation deletes none that holds something."""
    stack.session.resource("s3").Bucket(bucket).objects.all().delete()


def _needed(name: str, usage: str) -> str:
    value = os.environ.get(name, "").strip()
    if not value:
        raise Refused(f"{name}= is missing: {usage}")
    return value


COMMANDS: Final = {
    "deploy": deploy,
    "create-account": create_account,
    "set-plan": set_plan,
    "remove": remove,
}


def main(command: str) -> int:
    """Run one command; return the process's exit status."""
    try:
        COMMANDS[command](Stack(boto3.Session(), os.environ.get("STACK") or "gatehouse"))
    except (Refused, BotoCoreError, ClientError) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
