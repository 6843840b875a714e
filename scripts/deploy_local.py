"""Deploy template.yaml to a local AWS and call every function there: `make deploy-local`.

`sam build` and `sam deploy`, as for AWS, into a ministack of its own: first with the user pool that
the template makes, then as an update to an issuer of one's own, which the stored events need.
Roles are checked at every call (ministack's AUTH), so a function may do what its policy says.
Nothing is sent to AWS: whatever the caller set for it is taken out of the environment first.
"""

import os
import platform
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from local.engine import Engine
from local.identity import CLIENT_ID
from local.state import StateFolder
from local.template import ROOT, read_template
from local.trouble import Trouble
from scripts.local_aws.calls import Call, Caller
from scripts.local_aws.issuer import HttpsIssuer
from scripts.local_aws.stack import LocalStack, clear_environment

# Of the template's resources, those that ministack has no notion of: accepted, and nothing is made.
NOT_EMULATED: Final = ("AWS::Cognito::ManagedLoginBranding",)
MAIL_FROM: Final = "no-reply@gatehouse.test"
BASE_URL: Final = "https://gatehouse.test"
MACHINES: Final = {"x86_64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}


class Skipped(Exception):
    """Why this machine cannot do it."""


def python_of_the_functions() -> str:
    """Return the path of a Python 3.13 that runs; raise Skipped if there is none."""
    if sys.platform != "linux":
        raise Skipped("the layer holds libraries for Linux, and this is another system")
    path = shutil.which("python3.13")
    if path is None:
        raise Skipped("there is no python3.13 on PATH, and the functions run on Python 3.13")
    # Of a virtual environment, the bare one below it: a function is to find nothing but its layer.
    probe = subprocess.run(
        [path, "-c", "import sys, ensurepip, venv; print(sys._base_executable)"],
        capture_output=True,
        check=False,
        text=True,
    )
    if probe.returncode:
        raise Skipped(f"{path} does not run (or lacks venv); the functions run on Python 3.13")
    return probe.stdout.strip()


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Say what is being done and how long it took."""
    print(f"{what} …", end=" ", flush=True)
    started = time.monotonic()
    yield
    print(f"{time.monotonic() - started:.1f} s", flush=True)


def main() -> int:
    """Deploy, call, delete, report; return the process's exit status."""
    try:
        python = python_of_the_functions()
    except Skipped as why:
        print(f"make deploy-local is skipped: {why}.")
        return 0
    machine = MACHINES.get(platform.machine(), platform.machine())
    architecture = os.environ.get("ARCHITECTURE") or machine
    clear_environment()
    place = Path(tempfile.mkdtemp(prefix="gatehouse-deploy-"))
    try:
        install(python)
        wrong = deploy_and_call(StateFolder(place), python, architecture, machine)
    except Trouble as trouble:
        print(f"\n{trouble}\nThe logs are in {place}.", file=sys.stderr)
        return 1
    if wrong:
        print(f"\nNot as it should be: {', '.join(wrong)}. The logs are in {place}.")
        return 1
    shutil.rmtree(place)
    return 0


def install(python: str) -> None:
    """Make the two environments that this needs, SAM's with any Python, the engine's with 3.13."""
    for name, chosen in (("sam", {}), ("deploy", {"PYTHON": python})):
        command = [str(ROOT / "scripts" / "setup"), name]
        if subprocess.run(command, env=os.environ | chosen, check=False).returncode:
            raise Trouble(f"The environment {name} could not be made.")


def deploy_and_call(
    state: StateFolder, python: str, architecture: str, machine: str
) -> Sequence[str]:
    """Do all of it on a fresh state folder; return what went wrong."""
    with ExitStack() as cleared:
        state.open()
        cleared.callback(state.close)
        idp = HttpsIssuer(state)
        idp.start()
        cleared.callback(idp.stop)
        engine = start_engine(state, python, idp)
        cleared.callback(engine.stop)
        stack = LocalStack(state, engine, architecture)
        stack.client("sesv2").create_email_identity(EmailIdentity=MAIL_FROM)
        with timed(f"sam build for {architecture}"):
            stack.build(python)
        usual = {"PublicBaseUrl": BASE_URL, "MailFrom": MAIL_FROM, "DeletionProtection": "false"}
        with timed("sam deploy"):
            created = stack.deploy(**usual)
        tell(stack, created)
        wrong = [] if created == "CREATE_COMPLETE" else [created]
        key, version = new_signing_key(stack)
        with timed("sam deploy, to an issuer of one's own and a new signing key"):
            updated = stack.deploy(
                **usual,
                OidcIssuer=idp.issuer.url,
                OidcClientId=CLIENT_ID,
                SigningKeyVersion=version,
            )
        print(f"  {updated}")
        wrong += [] if updated == "UPDATE_COMPLETE" else [updated]
        if architecture != machine:
            print(f"No function was called: they are built for {architecture}, this is {machine}.")
        else:
            print(
                f"  SendEmail allowed on * to the {stack.let_mail_go()} roles with SendMailPolicy"
            )
            caller = Caller(stack, engine, state, idp)
            wrong += [] if caller.signing_keys() == {key} else ["the new signing key"]
            wrong += show(caller)
        with timed("sam delete"):
            stack.delete()
    return wrong


def start_engine(state: StateFolder, python: str, idp: HttpsIssuer) -> Engine:
    """Start ministack on the functions' Python, roles checked, the issuer's certificate trusted."""
    packages = ROOT / ".venv-deploy" / "lib" / "python3.13" / "site-packages"
    launcher = ROOT / "scripts" / "local_aws" / "engine.py"
    engine = Engine(
        state,
        [python, str(launcher), str(packages), *NOT_EMULATED],
        {"AUTH": "true", "SSL_CERT_FILE": str(idp.certificate), "PYTHONNOUSERSITE": "1"},
    )
    engine.start()
    return engine


def new_signing_key(stack: LocalStack) -> tuple[str, str]:
    """Put a new value into the secret, as an operator does; return it and its version."""
    arn = next(p for kind, _, p in stack.resources() if kind == "AWS::SecretsManager::Secret")
    key = secrets.token_hex(32)
    put = stack.client("secretsmanager").put_secret_value(SecretId=arn, SecretString=key)
    return key, put["VersionId"]


def tell(stack: LocalStack, status: str) -> None:
    """Print what was made, and what was not."""
    kinds = Counter(kind for kind, _, _ in stack.resources())
    print(f"  {status}: {kinds.total()} resources of {len(kinds)} types")
    for kind in NOT_EMULATED:
        print(f"  accepted, but ministack makes no {kind} ({kinds[kind]})")
    apis = stack.client("apigatewayv2")
    made = sum(
        len(apis.get_routes(ApiId=name)["Items"])
        for kind, _, name in stack.resources()
        if kind == "AWS::ApiGatewayV2::Api"
    )
    print(f"  ministack made {made} of the API's {len(read_template().routes)} routes")


def show(caller: Caller) -> list[str]:
    """Call every function and print the table; return the events that were answered wrongly."""
    print(f"\n{'function':<16} {'event':<26} {'status':<7} {'ms':>6}")
    calls = list(map(_shown, caller.calls()))
    print(f"\n{len(calls)} calls, {len({c.function for c in calls})} functions; ", end="")
    print(f"SES was handed {caller.mails()} mails.")
    return [call.event for call in calls if call.wrong]


def _shown(call: Call) -> Call:
    print(f"{call.function:<16} {call.event:<26} {call.status:<7} {call.milliseconds:>6}")
    if call.wrong:
        print(f"  {call.wrong}")
    return call


if __name__ == "__main__":
    sys.exit(main())
