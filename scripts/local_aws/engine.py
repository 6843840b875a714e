"""ministack as `make deploy-local` starts it: `python3.13 deploy_local_engine.py <packages> <type>…`.

It starts functions with the Python it runs on itself. So that is a bare Python 3.13, the functions'
own, and ministack's packages are appended to its path alone: a function finds nothing but its
layer, as on Lambda. The resource types named are those ministack has no notion of; each is accepted
and nothing is made.
"""

import sys
from typing import Any


def main(packages: str, *types: str) -> None:
    """Start ministack and serve until SIGTERM."""
    sys.path.append(packages)
    from ministack.app import main as serve
    from ministack.services.cloudformation import provisioners

    handlers: dict[str, Any] = provisioners._RESOURCE_HANDLERS  # noqa: SLF001 - there is no other way in
    for name in types:
        if name in handlers:
            sys.exit(f"ministack makes {name} by now: take it off NOT_EMULATED")
        handlers[name] = {
            "create": lambda logical_id, _properties, stack: (f"{stack}-{logical_id}", {}),
            "update": lambda physical_id, _old, _new, _stack: (physical_id, {}),
            "delete": lambda _physical_id, _properties: None,
        }
    sys.argv = ["ministack"]
    serve()


if __name__ == "__main__":
    main(*sys.argv[1:])
