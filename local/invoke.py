"""Call one function by hand: `python -m local.invoke <function>[-<what>] [event.json]`.

The event is events/<function>[-<what>].json, with its names filled in from the demo world. Uses the
running instance's engine if there is one; otherwise starts the engine on the state folder for as
long as the call takes.
"""

import json
import logging
import re
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

from gatehouse.http.oidc import OidcIdentities
from local.identity import CLIENT_ID
from local.options import Options
from local.runtime import Runtime, demo_world, start_engine
from local.state import StateFolder
from local.stored_events import FOLDER, Names, read_event
from local.template import Template, read_template
from local.trouble import Trouble
from local.wiring import log_to

log: Final = logging.getLogger("local.invoke")
_LINK: Final = re.compile(r"/invitations/([a-z2-7]{52})$", re.MULTILINE)


def main(arguments: list[str]) -> int:
    """Call and print the answer; return the exit code."""
    console = sys.stdout
    try:
        template = read_template()
        name, path = _chosen(arguments, template)
        with ExitStack() as stack:
            state = StateFolder(Options.from_environment().state_dir)
            runtime = _runtime(stack, state, template)
            world = demo_world(runtime, state, _say) or {"accounts": []}
            event = read_event(path, Names(world, runtime.ports.store, _People(runtime)))
            answer, failed = _call(runtime, name, event)
            runtime.mailbox.fetch()
    except Trouble as trouble:
        print(f"Gatehouse: {trouble}", file=sys.stderr)
        return 1
    print(json.dumps(answer, indent=2, ensure_ascii=False), file=console)
    return int(failed)


class _People:
    """Tokens from the local issuer, links from the mailbox."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        issuer = runtime.issuer
        documents: dict[str, Mapping[str, Any]] = {
            f"{issuer.url}/.well-known/openid-configuration": issuer.discovery(),
            f"{issuer.url}/jwks.json": issuer.jwks(),
        }
        # The issuer's documents, as it would serve them if it ran. Read before it would be made.
        runtime.ports.__dict__["identities"] = OidcIdentities(
            issuer=issuer.url,
            client_id=CLIENT_ID,
            redirect_uri=f"{runtime.base_url}/sign-in/callback",
            fetch=lambda url, _form: documents[url],
        )

    def token(self, email: str) -> str | None:
        """Return an access token of a person."""
        known = self._runtime.seeder.bind(email)
        return self._runtime.issuer.access_token(email) if known else None

    def link(self, email: str) -> str | None:
        """Return the secret of the newest invitation mailed to a person."""
        mails = (m for m in self._runtime.mailbox.newest_first() if m.to == email)
        return next((found[1] for mail in mails if (found := _LINK.search(mail.text))), None)


def _chosen(arguments: list[str], template: Template) -> tuple[str, Path]:
    names = ", ".join(sorted(template.functions))
    stored = arguments[0] if arguments else ""
    name = stored.partition("-")[0]
    if name not in template.functions:
        raise Trouble(f"Name a function: {names}. As in `python -m local.invoke authorize`.")
    return name, Path(arguments[1]) if len(arguments) > 1 else FOLDER / f"{stored}.json"


def _call(runtime: Runtime, name: str, event: Any) -> tuple[Any, bool]:
    """Return the answer, or what Lambda answers for a function that raised."""
    try:
        return runtime.functions.invoke(name, event), False
    except Exception as error:  # whatever it is, Lambda's caller gets its type and its message
        log.exception("function %s raised", name)
        return {"errorType": type(error).__name__, "errorMessage": str(error)}, True


def _runtime(stack: ExitStack, state: StateFolder, template: Template) -> Runtime:
    if state.is_locked():
        place = state.read("running.json")
        if place is None:
            raise Trouble("The instance on this state folder is still starting; try again.")
        log_to(state.log)
        return Runtime(place["base_url"], place["endpoint"], state, template)
    state.open()
    stack.callback(state.close)
    log_to(state.log)
    engine = start_engine(state, template, _say)
    stack.callback(engine.stop)
    return Runtime(Options.from_environment().base_url, engine.endpoint, state, template)


def _say(text: str) -> None:
    print(text, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
