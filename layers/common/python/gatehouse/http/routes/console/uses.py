"""When connections were last used, in words for a list."""

from collections.abc import Mapping, Sequence

from gatehouse.domain.connection import Connection
from gatehouse.domain.wording import moment_in_words
from gatehouse.http.routes.console.visit import Visit
from gatehouse.usecases.usage import SPAN, last_uses


def uses_in_words(visit: Visit, connections: Sequence[Connection]) -> Mapping[str, str]:
    """Return when somebody of the guest last got in, by connection."""
    now = visit.ports.clock.now()
    found = last_uses(visit.ports, visit.person, connections, now)
    words: dict[str, str] = {}
    for one in connections:
        use = found.get(one.connection_id)
        if use and use.at:
            words[one.connection_id] = moment_in_words(use.at)
        elif one.accepted_at is None or (use and use.not_since <= one.accepted_at):
            words[one.connection_id] = "Never"
        elif use is None or use.not_since <= now - SPAN:
            words[one.connection_id] = f"Not in the last {SPAN.days} days"
        else:
            words[one.connection_id] = f"Not since {moment_in_words(use.not_since)}"
    return words
