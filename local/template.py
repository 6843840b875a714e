"""template.yaml as the runner reads it: functions, their routes and schedules, and the table.

Intrinsic functions other than a Ref to a parameter with a default stay unresolved; nothing here
needs them.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from local.trouble import Trouble

ROOT: Final = Path(__file__).resolve().parent.parent
_RATE: Final = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_SECONDS: Final = {"minute": 60, "hour": 3600, "day": 86400}
_TABLE_PROPERTIES: Final = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")


class _Loader(yaml.SafeLoader):
    """Read CloudFormation's short forms (`!Ref x`) as their long ones (`{"Ref": "x"}`)."""


def _intrinsic(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode)
        value = loader.construct_mapping(node, deep=True)
    return {suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _intrinsic)


@dataclass(frozen=True, slots=True)
class Route:
    """One route of the HTTP API and the function that serves it."""

    method: str
    path: str
    function: str

    @property
    def key(self) -> str:
        """Write the route as API Gateway names it: `GET /users/{user_id}`."""
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Function:
    """One function of the template."""

    name: str
    file: Path
    entry: str
    timeout: int
    memory: int
    variables: Mapping[str, str]
    routes: tuple[Route, ...]
    schedule_seconds: int | None


@dataclass(frozen=True, slots=True)
class Template:
    """What the runner needs of template.yaml."""

    functions: Mapping[str, Function]
    table: Mapping[str, Any]
    ttl_attribute: str | None

    @property
    def routes(self) -> tuple[Route, ...]:
        """List the routes of all functions."""
        return tuple(route for function in self.functions.values() for route in function.routes)


def read_template(path: Path = ROOT / "template.yaml") -> Template:
    """Read a template; raise Trouble if it is not there or not readable."""
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a SafeLoader
    except FileNotFoundError:
        raise Trouble(
            f"There is no {path.name} in {path.parent}. Run this from a whole clone."
        ) from None
    except yaml.YAMLError as error:
        raise Trouble(f"{path.name} cannot be read: {error}") from None
    resources: dict[str, Any] = document.get("Resources") or {}
    reader = _Reader(document, path.parent)
    functions = {
        function.name: function
        for resource in resources.values()
        if resource["Type"] == "AWS::Serverless::Function"
        for function in [reader.function(resource.get("Properties") or {})]
        if function
    }
    tables = [r["Properties"] for r in resources.values() if r["Type"] == "AWS::DynamoDB::Table"]
    table = tables[0] if tables else {}
    ttl = table.get("TimeToLiveSpecification") or {}
    return Template(
        functions=functions,
        table={name: table[name] for name in _TABLE_PROPERTIES if name in table},
        ttl_attribute=ttl.get("AttributeName"),
    )


class _Reader:
    def __init__(self, document: Mapping[str, Any], folder: Path) -> None:
        self._folder = folder
        self._parameters: dict[str, Any] = document.get("Parameters") or {}
        self._globals: dict[str, Any] = (document.get("Globals") or {}).get("Function") or {}

    def _resolve(self, value: object) -> object:
        """Follow a Ref to a parameter's default; None for any other intrinsic function."""
        if not isinstance(value, dict):
            return value
        return self._parameters.get(value.get("Ref", ""), {}).get("Default")

    def function(self, properties: Mapping[str, Any]) -> Function | None:
        place = self._resolve(properties.get("CodeUri"))
        if not isinstance(place, str):
            return None
        folder = self._folder / place
        module, _, entry = str(properties.get("Handler", "handler.handler")).rpartition(".")
        file = folder / f"{module}.py"
        name = file.parent.name
        events = [e for e in (properties.get("Events") or {}).values() if isinstance(e, dict)]
        return Function(
            name=name,
            file=file,
            entry=entry,
            timeout=self._number(properties, "Timeout", 3),
            memory=self._number(properties, "MemorySize", 128),
            variables=dict(self._variables(properties)),
            routes=tuple(self._routes(events, name)),
            schedule_seconds=self._schedule(events),
        )

    def _number(self, properties: Mapping[str, Any], name: str, otherwise: int) -> int:
        value = self._resolve(properties.get(name, self._globals.get(name)))
        return int(value) if isinstance(value, int | str) and str(value).isdigit() else otherwise

    def _variables(self, properties: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        for source in (self._globals, properties):
            variables = (source.get("Environment") or {}).get("Variables") or {}
            for name, value in variables.items():
                resolved = self._resolve(value)
                if isinstance(resolved, str | int | float) and resolved != "":
                    yield name, str(resolved)

    @staticmethod
    def _routes(events: list[dict[str, Any]], function: str) -> Iterator[Route]:
        for event in events:
            if event.get("Type") == "HttpApi":
                properties = event.get("Properties") or {}
                method = str(properties.get("Method", "ANY")).upper()
                yield Route("ANY" if method == "*" else method, properties["Path"], function)

    def _schedule(self, events: list[dict[str, Any]]) -> int | None:
        for event in events:
            if event.get("Type") in {"Schedule", "ScheduleV2"}:
                properties = event.get("Properties") or {}
                text = self._resolve(
                    properties.get("ScheduleExpression", properties.get("Schedule"))
                )
                found = _RATE.fullmatch(str(text))
                return int(found[1]) * _SECONDS[found[2]] if found else None
        return None
