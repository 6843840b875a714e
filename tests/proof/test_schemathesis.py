"""schemathesis, against what `make run` starts, finds nothing that docs/openapi.json rules out."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.template import ROOT
from tests.support.document import document
from tests.support.proof import Proof
from tests.support.runner import Runner, running
from tests.support.trials import FACTOR, trials

pytestmark = [pytest.mark.ministack, pytest.mark.slow]

BEYOND_LATIN_1 = re.compile("[^\x00-\xff](-[^\x00-\xff])?")
EXAMPLES = trials(50)
SEED = 20261122

OFF = {
    "unsupported_method": "API Gateway answers 404 to an unknown method, not 405: fuzzing.py checks",
    "allow_header_conformance": "API Gateway sends no Allow, and answers OPTIONS with 404 too",
    "object_level_authorization": "needs two companies' tokens at once: tests/contract/test_tenants",
    "use_after_free": "runs in the stateful phase alone",
    "ensure_resource_availability": "runs in the stateful phase alone",
}
"""The checks that are not made, and why."""

CODEC = "utf-8" if FACTOR == 1 else "latin-1"
"""Hypothesis takes seconds to prepare a pattern that rules out whole planes of Unicode."""

PHASES = "examples,coverage,fuzzing" if FACTOR == 1 else "fuzzing"
"""The coverage phase sends some 60 fixed requests to each operation; `make prove` has the time."""

CONFIGURATION = """
hooks = "tests.proof.fuzzing"
headers = { Authorization = "Bearer ${GATEHOUSE_TOKEN}" }
cache = { enabled = false }

[generation]
codec = "%(codec)s"

[dictionaries]
subdomains = { values = ["beta", "gamma", "delta", "alpha", "nobody"] }
links = { values = %(links)s }

[parameters]
"body.guest_subdomain" = { dictionary = "subdomains", probability = 0.8 }
"path.token" = { dictionary = "links", probability = 0.8 }

# What is of the documented shape may still be refused for what is or is not there, never as
# malformed (400) and never for the credentials (401).
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "303", "403", "404", "409", "410", "412", "422", "429"]

# What is not of the documented shape is malformed, unless something before the reading refuses it.
[checks.negative_data_rejection]
expected-statuses = [400, 403, 404, 409, 410, 412, 413, 415, 422, 428, 429]

[checks.missing_required_header]
expected-statuses = [428]

# What these take was signed by this site, which no schema can say.
[[operations]]
include-path = ["/sign-in/callback", "/sign-in/continue"]
checks = { positive_data_acceptance = { enabled = false } }
"""


def narrowed(part: Any) -> Any:
    """Leave out of patterns what the codec cannot write anyway."""
    if CODEC == "utf-8":
        return part
    if isinstance(part, list):
        return [narrowed(one) for one in part]
    if not isinstance(part, dict):
        return part
    return {
        name: BEYOND_LATIN_1.sub("", value)
        if name == "pattern" and isinstance(value, str)
        else narrowed(value)
        for name, value in part.items()
    }


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runner]:
    with running(tmp_path_factory.mktemp("runner") / "state") as runner:
        yield runner


def company(subdomain: str) -> dict[str, Any]:
    roles = ("administrator", "manager", "editor", "lite")
    return {
        "subdomain": subdomain,
        "name": subdomain.capitalize(),
        "region": "eu",
        "users": [
            {"email": f"{role}@{subdomain}.test", "name": role.capitalize(), "role": role}
            for role in roles
        ],
        "groups": [
            {"name": "Level 1", "members": [f"editor@{subdomain}.test"], "organizations": ["Alder"]}
        ],
        "organizations": ["Alder", "Birch", "Cedar"],
    }


@pytest.fixture(scope="module")
def alpha(runner: Runner) -> dict[str, Any]:
    """Return a company that has invited beta and let gamma in; gamma has let beta in."""
    first, *_ = runner.seed(*map(company, ("alpha", "beta", "gamma", "delta")))
    offers = (("alpha", "gamma", True), ("gamma", "beta", True), ("alpha", "beta", False))
    for host, guest, accepted in offers:
        made = runner.call("POST", "/connections", administrator(runner, host), offer(guest))
        if accepted:
            accept = f"/incoming-connections/{made['connection_id']}/accept"
            runner.call("POST", accept, administrator(runner, guest), {})
    return first


def offer(guest: str) -> dict[str, Any]:
    return {"guest_subdomain": guest, "maximum_role": "editor", "all_organizations": True}


def administrator(runner: Runner, subdomain: str) -> str:
    return runner.token(f"administrator@{subdomain}.test")


def operations(scheme: str, paths: str) -> list[str]:
    """Return the ids of the operations that a scheme opens; people visit the open ones, too."""
    schemes = {scheme, *(["nobody"] if scheme == "person" else [])}
    return [
        operation["operationId"]
        for path, item in document()["paths"].items()
        if re.match(paths, path)
        for method, operation in item.items()
        if method != "parameters"
        and schemes & {name for one in operation["security"] or [{"nobody": []}] for name in one}
    ]


OF_GUESTS = "/(incoming-connections|invitations|blocked-hosts|accessible-accounts)"
CALLERS = {
    "administrator": ("alpha", "person", f"(?!{OF_GUESTS})"),
    "guest-administrator": ("beta", "person", OF_GUESTS),
    "application": ("alpha", "application", ""),
}


@pytest.mark.parametrize("caller", CALLERS)
def test_schemathesis_finds_nothing(
    caller: str, runner: Runner, alpha: dict[str, Any], tmp_path: Path, proof: Proof
) -> None:
    subdomain, scheme, paths = CALLERS[caller]
    me = runner.call("GET", "/me", administrator(runner, subdomain))["user"]["user_id"]
    application = scheme == "application"
    chosen = operations(scheme, paths)
    configuration = tmp_path / "schemathesis.toml"
    configuration.write_text(CONFIGURATION % {"codec": CODEC, "links": json.dumps(runner.links())})
    (tmp_path / "openapi.json").write_text(json.dumps(narrowed(document())))
    command = [
        str(Path(sys.executable).with_name("schemathesis")),
        f"--config-file={configuration}",
        "run",
        "openapi.json",
        f"--url={runner.base_url}",
        f"--phases={PHASES}",
        f"--max-examples={EXAMPLES}",
        f"--seed={SEED}",
        f"--exclude-checks={','.join(OFF)}",
        "--generation-database=none",
        "--continue-on-failure",
        "--warnings=off",
        "--no-color",
        *(f"--include-operation-id={one}" for one in chosen),
    ]
    surroundings = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "GATEHOUSE_TOKEN": alpha["api_key"] if application else administrator(runner, subdomain),
        "GATEHOUSE_KEEP": ",".join((me, "key_" + alpha["api_key"].split("_")[2])),
    }
    found = subprocess.run(
        command, cwd=tmp_path, env=surroundings, capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stdout + found.stderr
    sent = re.search(r"^ *([0-9]+) generated", found.stdout, re.MULTILINE)
    assert sent, found.stdout
    proof.record(
        f"{len(chosen)} operations of docs/openapi.json, {EXAMPLES} examples each, "
        f"as {caller}: {PHASES}",
        int(sent[1]),
        "requests of schemathesis",
        "every answer as documented; nothing malformed accepted, nothing well-formed malformed",
    )
