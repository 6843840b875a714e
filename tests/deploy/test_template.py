"""template.yaml and the code name the same functions, routes, permissions and variables."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest
import yaml

from gatehouse.config import Settings
from local.template import ROOT, _Loader
from scripts.local_aws.calls import logical_id
from tests.support.api import handler_of, template

FUNCTIONS = sorted(template().functions)
# What Lambda sets by itself.
OF_LAMBDA = {"AWS_REGION"}
# Of Settings, what has a usual value in the code and no parameter.
LIMITS = "LIMIT_"
# What Powertools reads.
OF_POWERTOOLS = "POWERTOOLS_"
OF_THE_TABLE = {"GetItem", "BatchGetItem", "Query", "ConditionCheckItem"} | {
    "PutItem",
    "UpdateItem",
    "DeleteItem",
    "BatchWriteItem",
}

OF_THE_STREAM = {
    *("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"),
    *("events:PutEvents", "sqs:SendMessage"),
}

FILES = ("archive.zip", "activities.csv", "activities.jsonl", "file.csv", "upload.csv")
OF_FILES_AND_JOBS = {
    *("s3:GetObject", "s3:PutObject", "s3:DeleteObject"),
    *("s3:AbortMultipartUpload", "s3:ListBucket"),
    *("sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
}


@cache
def document() -> dict[str, Any]:
    text = (ROOT / "template.yaml").read_text(encoding="utf-8")
    read: dict[str, Any] = yaml.load(text, Loader=_Loader)
    return read


def resources(kind: str) -> dict[str, Any]:
    return {
        name: one["Properties"]
        for name, one in document()["Resources"].items()
        if one["Type"] == kind
    }


def properties(function: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = document()["Resources"][logical_id(function)]["Properties"]
    return found


def statements(function: str) -> Iterator[dict[str, Any]]:
    for policy in properties(function)["Policies"]:
        if "Ref" in policy:
            yield from resources("AWS::IAM::ManagedPolicy")[policy["Ref"]]["PolicyDocument"][
                "Statement"
            ]
        else:
            yield from policy["Statement"]


def actions(statement: Mapping[str, Any]) -> list[str]:
    found = statement["Action"]
    return [found] if isinstance(found, str) else list(found)


def texts(value: object) -> Iterator[str]:
    """Every text of a value, however deep."""
    if isinstance(value, Mapping):
        for one in value.values():
            yield from texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts(one)
    else:
        yield str(value)


def test_every_function_of_the_template_has_its_name_and_every_handler_its_function() -> None:
    assert set(resources("AWS::Serverless::Function")) == set(map(logical_id, FUNCTIONS))
    handlers = {file.parent.name for file in (ROOT / "functions").glob("*/handler.py")}
    assert handlers == set(FUNCTIONS)
    for function in template().functions.values():
        assert function.file == ROOT / "functions" / function.name / "handler.py"
        assert callable(handler_of(function.name))


def test_every_function_writes_to_a_log_group_of_its_own() -> None:
    groups = [properties(function)["LoggingConfig"]["LogGroup"]["Ref"] for function in FUNCTIONS]
    assert len(set(groups)) == len(FUNCTIONS)
    made = resources("AWS::Logs::LogGroup")
    assert set(groups) <= set(made)
    assert all("RetentionInDays" in group for group in made.values())


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_may_call_only_what_it_names(function: str) -> None:
    assert "Role" not in properties(function)
    found = list(statements(function))
    assert found
    for statement in found:
        assert statement["Effect"] == "Allow"
        assert not statement.keys() & {"NotAction", "NotResource"}
        assert not [
            text
            for text in texts([statement["Action"], statement["Resource"]])
            if "*" in text
            # Every file there is, or every one of a name, and no other bucket's.
            and text
            not in {
                *("${Files.Arn}/*", "${Archive.Arn}/*"),
                *(f"${{Files.Arn}}/*/{name}" for name in FILES),
            }
        ]
        for action in actions(statement):
            service, _, call = action.partition(":")
            if statement["Sid"] in {"Stream", "Events", "DeadLetters"}:
                assert function == "follow"
                assert action in OF_THE_STREAM
            elif service == "dynamodb":
                assert call in OF_THE_TABLE
                assert "Table.Arn" in str(statement["Resource"])
            elif service in {"s3", "sqs"}:
                assert action in OF_FILES_AND_JOBS
                known = ("Files.Arn", "Archive.Arn") if service == "s3" else ("TransferQueue.Arn",)
                assert any(name in str(statement["Resource"]) for name in known)
            else:
                assert action == "ses:SendEmail"
                assert statement["Condition"] == {
                    "StringEquals": {"ses:FromAddress": {"Ref": "MailFrom"}}
                }


def test_a_policy_is_a_functions_own_or_the_mails() -> None:
    assert set(resources("AWS::IAM::ManagedPolicy")) == {"SendMailPolicy"}
    assert not resources("AWS::IAM::Policy")
    assert not resources("AWS::IAM::Role")
    for function in FUNCTIONS:
        own = [policy for policy in properties(function)["Policies"] if "Ref" not in policy]
        assert len(own) == 1


def test_decisions_and_the_activity_log_delete_nothing() -> None:
    authorize = {a for s in statements("authorize") for a in actions(s)}
    assert not authorize & {"dynamodb:DeleteItem", "ses:SendEmail"}
    log = {a for s in statements("log") for a in actions(s)}
    assert "dynamodb:DeleteItem" not in log


def test_older_months_are_read_where_the_log_is_and_written_by_one_function() -> None:
    reads, writes = set(), set()
    for function in FUNCTIONS:
        for statement in statements(function):
            if "Archive.Arn" in str(statement["Resource"]):
                found = set(actions(statement))
                if "s3:GetObject" in found:
                    reads.add(function)
                if found - {"s3:GetObject"}:
                    writes.add(function)
    orders = {f for f in FUNCTIONS if any(s["Sid"] == "OrdersOfTheLog" for s in statements(f))}
    assert reads == orders
    assert writes == {"transfer"}
    # Nothing ever takes from it by age, and a replacement of the bucket leaves it where it is.
    archive = document()["Resources"]["Archive"]
    assert archive["UpdateReplacePolicy"] == "Retain"
    assert not archive["Properties"].keys() & {"LifecycleConfiguration", "VersioningConfiguration"}


def test_the_template_sets_every_variable_that_the_settings_need() -> None:
    class Asked(dict[str, str]):
        def __init__(self) -> None:
            super().__init__()
            self.names: set[str] = set()

        def __getitem__(self, name: str) -> str:
            self.names.add(name)
            return "1"

        def get(self, name: str, otherwise: Any = None) -> Any:
            self.names.add(name)
            return otherwise

    asked = Asked()
    Settings.from_environment(asked)
    needed = {name for name in asked.names - OF_LAMBDA if not name.startswith(LIMITS)}
    own = [properties(name).get("Environment", {}).get("Variables", {}) for name in FUNCTIONS]
    everybodys = document()["Globals"]["Function"]["Environment"]["Variables"]
    given = [name for variables in (everybodys, *own) for name in variables]
    assert needed == {name for name in given if not name.startswith(OF_POWERTOOLS)}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_gateway_and_the_function_know_the_same_routes(function: str) -> None:
    given = {route.key for route in template().functions[function].routes}
    application = handler_of(function).__globals__.get("application")
    known = set(application._routes) if application else set()
    # A page takes any method, and says itself which: GET, and for its forms POST.
    paths = {key.partition(" ")[2] for key in given if key.startswith("ANY ")}
    pages = {key for key in known if key.partition(" ")[2] in paths}
    assert {f"GET {path}" for path in paths} <= pages
    assert pages <= {f"{method} {path}" for method in ("GET", "POST") for path in paths}
    if function == "console":
        assert given == {f"ANY {path}" for path in paths}
    given, known = {key for key in given if not key.startswith("ANY ")}, known - pages
    assert {key for key in given if not key.startswith("HEAD ")} == known
    # HEAD is GET without the body; the gateway has to be told of it.
    heads = {key.replace("HEAD ", "GET ", 1) for key in given if key.startswith("HEAD ")}
    assert heads == {key for key in known if key.startswith("GET ")}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_what_the_gateway_may_call_fits_into_the_functions_policy(function: str) -> None:
    # SAM makes a permission of every route; all of a function's together have at most 20 KB.
    # docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
    logical = logical_id(function)
    statements = [
        {
            "Sid": f"gatehouse-{logical}{event}Permission-{'A' * 12}",
            "Effect": "Allow",
            "Principal": {"Service": "apigateway.amazonaws.com"},
            "Action": "lambda:InvokeFunction",
            "Resource": "arn:aws:lambda:eu-central-1:123456789012:function:"
            f"gatehouse-{logical}-{'A' * 12}",
            "Condition": {
                "ArnLike": {
                    "AWS:SourceArn": "arn:aws:execute-api:eu-central-1:123456789012:abcdefghij/*/"
                    + re.sub(r"\{\w+\}", "*", "".join(map(str, properties_.values())))
                }
            },
        }
        for event, one in properties(function).get("Events", {}).items()
        if one["Type"] == "HttpApi"
        for properties_ in [{key: one["Properties"][key] for key in ("Method", "Path")}]
    ]
    assert len(json.dumps(statements, separators=(",", ":"))) < 20_480


def test_no_two_functions_have_the_same_route() -> None:
    keys = [route.key for route in template().routes]
    assert len(keys) == len(set(keys))


def test_a_function_whose_only_caller_is_iam_has_no_event() -> None:
    for unreachable in ("create_account", "set_plan"):
        assert "Events" not in properties(unreachable)
    reachable = {f.name for f in template().functions.values() if f.routes or f.schedule_seconds}
    assert set(FUNCTIONS) - reachable >= {"create_account", "set_plan"}


def test_what_make_deploy_may_set_are_the_templates_parameters() -> None:
    from scripts.deployment import PARAMETERS

    assert set(PARAMETERS.values()) == set(document()["Parameters"])
