"""The functions, imported by path from functions/ as Lambda would, and called with its context."""

import importlib.util
import logging
import sys
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from local.template import Function

log: Final = logging.getLogger("local.functions")
Handler = Callable[[Any, Any], object]


@dataclass(frozen=True, slots=True)
class Context:
    """What Lambda hands to a handler beside the event."""

    function_name: str
    memory_limit_in_mb: int
    timeout: int
    aws_request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    function_version: str = "$LATEST"
    log_group_name: str = "local"
    log_stream_name: str = "local"
    identity: None = None
    client_context: None = None
    started: float = field(default_factory=time.monotonic)

    @property
    def invoked_function_arn(self) -> str:
        """Name the function as Lambda does."""
        return f"arn:aws:lambda:us-east-1:000000000000:function:{self.function_name}"

    def get_remaining_time_in_millis(self) -> int:
        """Tell how long the function may still run."""
        return max(0, round((self.timeout - (time.monotonic() - self.started)) * 1000))


class Functions:
    """Import each handler once and call it."""

    def __init__(self, functions: Mapping[str, Function]) -> None:
        self._functions = functions
        self._handlers: dict[str, Handler] = {}
        self._lock = threading.Lock()

    def load(self) -> list[str]:
        """Import every handler; return one line for each that does not load."""
        failures: list[str] = []
        for name in self._functions:
            try:
                self._handler(name)
            except Exception as error:  # the others still serve
                log.exception("function %s does not load", name)
                failures.append(f"function {name} does not load: {type(error).__name__}: {error}")
        return failures

    def invoke(self, name: str, event: object) -> object:
        """Call a function's handler; whatever it raises goes on to the caller."""
        function = self._functions[name]
        context = Context(f"gatehouse-{name}", function.memory, function.timeout)
        return self._handler(name)(event, context)

    def _handler(self, name: str) -> Handler:
        with self._lock:
            if name not in self._handlers:
                self._handlers[name] = _import(self._functions[name])
            return self._handlers[name]


def _import(function: Function) -> Handler:
    module_name = f"function_{function.name}"
    spec = importlib.util.spec_from_file_location(module_name, function.file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{function.file} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module
    spec.loader.exec_module(module)
    handler: Handler = getattr(module, function.entry)
    return handler
