"""Let somebody else act while a request is under way."""

from collections.abc import Callable
from typing import Any

import pytest


def just_before(
    monkeypatch: pytest.MonkeyPatch, of: object, name: str, act: Callable[[], object], call: int = 1
) -> None:
    """Let something happen just before a method is called for that time, and only then."""
    real, calls = getattr(of, name), 0

    def method(*arguments: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == call:
            act()
        return real(*arguments, **named)

    monkeypatch.setattr(of, name, method)


def each_time_before(
    monkeypatch: pytest.MonkeyPatch, of: object, name: str, act: Callable[[], object]
) -> None:
    """Let something happen before each call of a method, but not within what happens then."""
    real, acting = getattr(of, name), False

    def method(*arguments: Any, **named: Any) -> Any:
        nonlocal acting
        if not acting:
            acting = True
            try:
                act()
            finally:
                acting = False
        return real(*arguments, **named)

    monkeypatch.setattr(of, name, method)
