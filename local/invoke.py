"""Call one function by hand: `python -m local.invoke <function> [event.json]`.

Uses the running instance's engine if there is one; otherwise starts the engine on the state folder
for as long as the call takes.
"""

import json
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from local.options import Options
from local.runtime import Runtime, start_engine
from local.state import StateFolder
from local.template import ROOT, Template, read_template
from local.trouble import Trouble
from local.wiring import log_to


def main(arguments: list[str]) -> int:
    """Call and print the answer; return the exit code."""
    console = sys.stdout
    try:
        template = read_template()
        name, event = _read(arguments, template)
        with ExitStack() as stack:
            runtime = _runtime(stack, Options.from_environment(), template)
            answer = runtime.functions.invoke(name, event)
            runtime.mailbox.fetch()
    except Trouble as trouble:
        print(f"Gatehouse: {trouble}", file=sys.stderr)
        return 1
    print(json.dumps(answer, indent=2, ensure_ascii=False), file=console)
    return 0


def _read(arguments: list[str], template: Template) -> tuple[str, Any]:
    names = ", ".join(sorted(template.functions))
    if not arguments or arguments[0] not in template.functions:
        raise Trouble(f"Name a function: {names}. As in `python -m local.invoke authorize`.")
    name = arguments[0]
    path = Path(arguments[1]) if len(arguments) > 1 else ROOT / "events" / f"{name}.json"
    try:
        return name, json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        raise Trouble(f"There is no event file {path}; name one after the function.") from None
    except ValueError as error:
        raise Trouble(f"The event file {path} is not JSON: {error}.") from None


def _runtime(stack: ExitStack, options: Options, template: Template) -> Runtime:
    state = StateFolder(options.state_dir)
    if state.is_locked():
        place = state.read("running.json")
        if place is None:
            raise Trouble("The instance on this state folder is still starting; try again.")
        log_to(state.log)
        return Runtime(place["base_url"], place["endpoint"], state, template)
    state.open()
    stack.callback(state.close)
    log_to(state.log)
    engine = start_engine(state, template, lambda text: print(text, file=sys.stderr))
    stack.callback(engine.stop)
    return Runtime(options.base_url, engine.endpoint, state, template)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
