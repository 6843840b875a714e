"""Record what an application says its users did, with whether they had access just then."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from gatehouse.domain.activity import Category, Outcome, Resource
from gatehouse.domain.api_key import ApiScope
from gatehouse.domain.decision import decide
from gatehouse.domain.policy import NO_DEMANDS, Circumstances, Policy
from gatehouse.domain.principal import Principal, with_scope
from gatehouse.domain.roles import NEVER_DELEGATED
from gatehouse.usecases.asking import Ask, Question, entry_of
from gatehouse.usecases.changes import Receipt
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.receipts import Keep

OLDEST: Final = timedelta(days=1)
"""How far back an activity may lie when it is reported."""
_CHUNK: Final = 24
"""How many reports fit one snapshot, whatever users and organizations they name."""
_ID: Final = re.compile(r"(?!act_)[A-Za-z0-9._:-]{1,64}")
"""An id of the reporter's own making; those that begin with ``act_`` are ours."""


@dataclass(frozen=True, slots=True)
class Report:
    """One activity as an application reports it."""

    user_id: str
    action: str
    organization_id: str
    resource: Resource
    activity_id: str | None = None
    ip_address: str | None = None
    user_agent: str | None = None
    time: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reported:
    """What became of a report: ``recorded``, ``duplicate`` or ``refused`` with the reason."""

    activity_id: str | None
    status: str
    reason: str | None = None


def report(
    ports: Ports, principal: Principal, reports: Sequence[Report], keep: Keep
) -> list[Reported]:
    """Record each report on its own; an id that was reported before is a duplicate.

    Under an Idempotency-Key the ids follow from the key, so that a retry after a crash half-way
    records what is missing and nothing twice.
    """
    application = with_scope(principal, ApiScope.ACTIVITIES_WRITE, "report activities")
    receipt = keep([])
    outcome: list[Reported] = []
    for start in range(0, len(reports), _CHUNK):
        chunk = reports[start : start + _CHUNK]
        snapshot = ports.store.snapshot(
            application.account_id,
            application.key.api_key_id,
            [Question(one.user_id, one.organization_id) for one in chunk],
        )
        policy = snapshot.account.policy if snapshot.account else NO_DEMANDS
        for one, facts in zip(chunk, snapshot.facts, strict=True):
            refusal = _refusal(ports, one)
            # Of a company that never agreed the host learns nothing, not even who exists.
            agreed = facts.own or (facts.pair is not None and facts.pair.accepted_at is not None)
            known = facts.user is not None and agreed
            if refusal is None and not known:
                refusal = "unknown_user"
            if refusal is None and facts.organization is None:
                refusal = "unknown_organization"
            if refusal is not None:
                outcome.append(Reported(one.activity_id, "refused", refusal))
                continue
            ask = Ask(
                "user",
                one.user_id,
                one.action,
                one.resource,
                user_agent=one.user_agent,
                circumstances=Circumstances(ip_address=one.ip_address),
            )
            demands = Policy(policy.actions, denied_resource_types=policy.denied_resource_types)
            decision = decide(
                _asked(one.action, policy), facts, demands, resource_type=one.resource.type
            )
            entry = entry_of(ports, application.account_id, ask, facts, decision, Category.ACTIVITY)
            entry = replace(
                entry,
                time=one.time or entry.time,
                reason=None if entry.outcome is Outcome.ALLOWED else entry.reason,
            )
            if one.activity_id is None and receipt is None:
                ports.store.log.record((entry,))
                outcome.append(Reported(entry.activity_id, "recorded"))
                continue
            activity_id = one.activity_id or _derived(receipt, len(outcome))
            fresh = ports.store.log.record_once(replace(entry, activity_id=activity_id))
            known = one.activity_id is not None and not fresh
            outcome.append(Reported(activity_id, "duplicate" if known else "recorded"))
    ports.store.commit(keep(outcome))
    return outcome


def _asked(action: str, policy: Policy) -> str:
    """A product has more actions than its account has mapped; those take the right to look."""
    known = action in NEVER_DELEGATED or policy.minimum_role(action) is not None
    return action if known else "view"


def _derived(receipt: Receipt | None, index: int) -> str:
    of = f"{receipt.receipt_id if receipt else ''} {index}"
    return f"act_{hashlib.sha256(of.encode()).hexdigest()[:26]}"


def _refusal(ports: Ports, one: Report) -> str | None:
    now = ports.clock.now()
    if one.activity_id is not None and not _ID.fullmatch(one.activity_id):
        return "activity_id_malformed"
    if one.time is not None and one.time > now:
        return "time_in_the_future"
    if one.time is not None and one.time < now - OLDEST:
        return "time_older_than_a_day"
    return None
