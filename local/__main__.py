"""Run Gatehouse on this machine: `make run`, or `python -m local`."""

import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from typing import Any, Final, TextIO

from local.courier import Courier
from local.engine import Engine
from local.follower import Follower
from local.gateway import Gateway
from local.options import Options
from local.resources import client, queue_url, stream_arn
from local.routing import RouteTable
from local.runtime import Runtime, demo_world, start_engine
from local.schedule import Schedule, run_cleanup
from local.server import Server, Signals, Stopped, listen, make_server
from local.state import StateFolder
from local.story import walk_through, welcome
from local.template import read_template
from local.tools import Toolbox, local_routes
from local.trouble import Trouble
from local.wiring import log_to
from local.workers import Workers

MAIL_SECONDS: Final = 5.0  # how often mails are taken over when nobody looks at them


class Runner:
    """Set everything up, serve until a signal comes, put everything away."""

    def __init__(self, options: Options, signals: Signals, console: TextIO) -> None:
        self._options = options
        self._signals = signals
        self._console = console
        self._state = StateFolder(options.state_dir)

    def say(self, text: str) -> None:
        """Print to the terminal, at once."""
        print(text, file=self._console, flush=True)

    def run(self) -> None:
        """Serve; raise Trouble if that cannot begin, or cannot go on."""
        template = read_template()
        with ExitStack() as stack:
            self._state.open()
            stack.callback(self._state.close)
            listening = stack.enter_context(listen(self._options.port))
            log_to(self._state.log)
            engine = start_engine(self._state, template, self.say)
            stack.callback(self._stop, engine)
            runtime = Runtime(self._options.base_url, engine.endpoint, self._state, template)
            stack.callback(runtime.mailbox.fetch_if_possible)
            for failure in runtime.functions.load():
                self.say(f"{failure}; its routes answer 500 ({self._state.log} has the traceback)")
            workers = Workers(runtime.functions, close=listening.close)
            stack.callback(workers.close)
            world = demo_world(runtime, self._state, self.say) if self._options.seed else None
            for schedule in _schedules(runtime, workers):
                schedule.start()
                stack.callback(schedule.stop)
            courier = Courier(client("sqs", engine.endpoint), queue_url(engine.endpoint), workers)
            courier.start()
            stack.callback(courier.stop)
            streams = client("dynamodbstreams", engine.endpoint)
            follower = Follower(streams, stream_arn(engine.endpoint), workers)
            follower.start()
            stack.callback(follower.stop)
            self._serve(runtime, workers, engine, listening, world)

    def _serve(
        self,
        runtime: Runtime,
        workers: Workers,
        engine: Engine,
        listening: socket.socket,
        world: dict[str, Any] | None,
    ) -> None:
        routes = RouteTable(runtime.template.routes)
        gateway = Gateway(routes, workers, runtime.clock.now, self._note)
        server = make_server(gateway, local_routes(_toolbox(runtime, workers)))
        self._signals.server = server
        threading.Thread(target=_watch, args=(engine, server), daemon=True).start()
        place = {"base_url": runtime.base_url, "endpoint": engine.endpoint}
        self._state.write("running.json", place)
        companies = runtime.people.companies()
        folder = str(self._options.state_dir)
        key = world["accounts"][0]["api_key"] if world else None
        self.say(welcome(runtime.base_url, folder, companies, key))
        if world:
            self.say(walk_through(runtime.base_url, world))
        server.run(sockets=[listening])
        gateway.close()
        if engine.has_ended:
            raise Trouble(
                "The local DynamoDB (ministack) ended by itself, so nothing can be answered any "
                f"more, and what was written since the start is lost; {engine.log} may say why. "
                "Start again with `make run`."
            )

    def _note(self, method: str, path: str, status: int, seconds: float) -> None:
        self.say(f"{time.strftime('%H:%M:%S')} {status} {method} {path} {seconds * 1000:.0f} ms")

    def _stop(self, engine: Engine) -> None:
        if not engine.has_ended:
            self.say("Stopping; the state is being saved ...")
            engine.stop()


def _toolbox(runtime: Runtime, workers: Workers) -> Toolbox:
    return Toolbox(
        base_url=runtime.base_url,
        clock=runtime.clock,
        issuer=runtime.issuer,
        people=runtime.people,
        mailbox=runtime.mailbox,
        bind=runtime.seeder.bind,
        rebind=runtime.seeder.rebind,
        run_cleanup=partial(run_cleanup, workers, runtime.clock.now),
        seed=runtime.seeder.seed,
    )


def _schedules(runtime: Runtime, workers: Workers) -> Iterator[Schedule]:
    yield Schedule(MAIL_SECONDS, runtime.mailbox.fetch)
    cleanup = runtime.template.functions.get("cleanup")
    if cleanup and cleanup.schedule_seconds:
        call = partial(run_cleanup, workers, runtime.clock.now)
        yield Schedule(cleanup.schedule_seconds, call)


def _watch(engine: Engine, server: Server) -> None:
    engine.wait()
    server.should_exit = True


def main() -> int:
    """Run; return the exit code."""
    console = sys.stdout
    signals = Signals()
    signals.trap()
    try:
        Runner(Options.from_environment(), signals, console).run()
    except Trouble as trouble:
        print(f"Gatehouse: {trouble}", file=sys.stderr)
        return 1
    except Stopped:
        print("Stopped.", file=console)
    return 0


if __name__ == "__main__":
    sys.exit(main())
