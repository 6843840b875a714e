"""The state folder survives a restart, belongs to one runner, and says in a sentence what is wrong."""

import asyncio
import json
import socket
from datetime import timedelta

import pytest

from local.clock import SharedClock
from local.options import Options
from local.server import listen
from local.state import StateFolder
from local.trouble import Trouble


@pytest.fixture
def state(tmp_path):
    folder = StateFolder(tmp_path / "state")
    folder.open()
    yield folder
    folder.close()


def test_the_clock_keeps_its_offset(state):
    clock = SharedClock(state)
    before = clock.now()

    moved = clock.advance(8 * 86400)

    assert timedelta(days=8) <= moved - before < timedelta(days=8, seconds=5)
    assert SharedClock(state).offset == clock.offset


def test_the_clock_stays_within_the_calendar(state):
    with pytest.raises(OverflowError):
        SharedClock(state).advance(1e12)


def test_a_second_runner_is_told_which_process_has_the_folder(state):
    with pytest.raises(Trouble, match=r"in use by a running instance \(process \d+\)"):
        StateFolder(state.folder).open()


@pytest.mark.parametrize("content", ['{"format": 99}', "[]", "{broken", '"text"'])
def test_a_folder_of_another_version_is_named_with_the_way_out(tmp_path, content):
    (tmp_path / "state.json").write_text(content, encoding="utf-8")

    with pytest.raises(Trouble, match="make clean-local"):
        StateFolder(tmp_path).open()


@pytest.mark.parametrize("content", ["{broken", "[1]", json.dumps({"offset_seconds": "soon"})])
def test_a_damaged_clock_is_named(state, content):
    (state.folder / "clock.json").write_text(content, encoding="utf-8")

    with pytest.raises(Trouble, match=r"clock\.json in it is damaged"):
        SharedClock(state)


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(Trouble, match="Set STATE_DIR to a folder that you own"):
        StateFolder(tmp_path / "file" / "state").open()


def test_a_taken_port_is_named_with_another_one():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(Trouble, match=rf"Port {port} .* is taken .*PORT=\d+ make run"):
            listen(port)


def test_an_answer_on_a_kept_connection_is_not_held_back():
    async def delayed_at(listening: socket.socket) -> bool:
        seen: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        async def note(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            accepted = writer.get_extra_info("socket")
            seen.set_result(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 0)
            writer.close()

        async with await asyncio.start_server(note, sock=listening):
            _, caller = await asyncio.open_connection(*listening.getsockname())
            caller.close()
            return await seen

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert asyncio.run(delayed_at(listen(port))) is False


@pytest.mark.parametrize("port", ["0", "70000", "http", "80 00"])
def test_a_port_that_is_none_is_named(monkeypatch, port):
    monkeypatch.setenv("PORT", port)

    with pytest.raises(Trouble, match="set it to a number"):
        Options.from_environment()
