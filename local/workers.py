"""Workers: processes that call the functions as Lambda's execution environments do, one event at a time.

Threads would not do: a function may keep the current event in a global, as Powertools' resolver does,
because Lambda never hands a second event to an environment that still works on the first.
"""

import json
import logging
import multiprocessing
import queue
import signal
import sys
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Final

from local.functions import Functions

log: Final = logging.getLogger("local.workers")
COUNT: Final = 16

# Forked, so that the handlers are imported once; before any thread runs, so that this is safe.
_FORKED: Final = multiprocessing.get_context("fork")


class FunctionFailed(Exception):
    """Say that a function raised; the text is its traceback."""


class Workers:
    """Call functions in one of several processes, as many at once as there are processes."""

    def __init__(
        self, functions: Functions, count: int = COUNT, close: Callable[[], None] = lambda: None
    ) -> None:
        """Fork the processes; ``close`` closes in each what only the parent may hold open."""
        self._idle: queue.LifoQueue[Connection] = queue.LifoQueue()  # the warm one first
        ours: list[Connection] = []
        self._processes = []
        for _ in range(count):
            here, there = _FORKED.Pipe()
            ours.append(here)
            process = _FORKED.Process(
                target=_work, args=(functions, there, tuple(ours), close), daemon=True
            )
            process.start()
            there.close()
            self._processes.append(process)
            self._idle.put(here)
        self._pipes = tuple(ours)

    def invoke(self, name: str, event: object) -> object:
        """Call a function and return its result; raise FunctionFailed if it raises."""
        pipe = self._idle.get()
        try:
            pipe.send((name, event))
            outcome, text = pipe.recv()
        except (OSError, EOFError):
            log.error("a worker ended while it ran function %s", name)
            raise FunctionFailed(f"the process that ran {name} ended") from None
        self._idle.put(pipe)
        if outcome == "raised":
            raise FunctionFailed(text)
        return json.loads(text)

    def close(self) -> None:
        """End the processes; they stop when their pipe closes."""
        for pipe in self._pipes:
            pipe.close()
        for process in self._processes:
            process.join(timeout=5)


def _work(
    functions: Functions,
    pipe: Connection,
    parents: tuple[Connection, ...],
    close: Callable[[], None],
) -> None:
    for number in (signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)  # the parent decides when to stop
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for other in parents:
        other.close()
    close()
    while True:
        try:
            name, event = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            pipe.send(("returned", json.dumps(functions.invoke(name, event))))
        except BrokenPipeError:
            return
        except Exception:  # noqa: BLE001 - whatever a function raises is for the gateway to answer
            pipe.send(("raised", traceback.format_exc()))
        finally:
            sys.stdout.flush()
