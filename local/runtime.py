"""The running product: everything that is set up before the first request, and put away after."""

import json
from collections.abc import Callable
from typing import Any

from local.clock import SharedClock
from local.engine import Engine
from local.functions import Functions
from local.identity import Issuer
from local.mailbox import Mailbox
from local.people import People
from local.resources import ensure_resources
from local.seed import Seeder
from local.state import StateFolder
from local.template import Template
from local.wiring import install, set_environment

Say = Callable[[str], None]


class Runtime:
    """The functions on a local engine, with the tools around them."""

    def __init__(
        self, base_url: str, endpoint: str, state: StateFolder, template: Template
    ) -> None:
        set_environment(base_url, endpoint, state, template)
        self.base_url = base_url
        self.template = template
        self.clock = SharedClock(state)
        self.ports = install(self.clock)
        self.functions = Functions(template.functions)
        self.issuer = Issuer(base_url, state, self.clock.now)
        self.mailbox = Mailbox(endpoint, state, self.clock)
        self.people = People(self.ports.store, state)
        self.seeder = Seeder(self.ports, self.people, self.issuer.identity_of)


def start_engine(state: StateFolder, template: Template, say: Say) -> Engine:
    """Start the engine and make sure that it has what the template creates."""
    say("Starting the local DynamoDB and SES ...")
    engine = Engine(state)
    try:
        engine.start()
        if ensure_resources(engine.endpoint, template, state):
            say("Created the table from template.yaml.")
    except BaseException:
        engine.stop()
        raise
    return engine


def demo_world(runtime: Runtime, state: StateFolder, say: Say) -> dict[str, Any] | None:
    """Load the demo world unless it is there; return its tree with ids and keys."""
    from local.demo import WORLD

    kept: dict[str, Any] | None = state.read("demo.json")
    if kept is not None and runtime.seeder.still_holds(kept):
        return kept
    say("Loading the demo world ...")
    world = runtime.seeder.seed(json.loads(json.dumps(WORLD)))
    state.write("demo.json", world)
    return world
