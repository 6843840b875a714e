"""No network: a pure test that reaches for a socket fails."""

import socket

import pytest


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every socket."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a pure test needs no network")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
