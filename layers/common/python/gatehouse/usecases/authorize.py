"""Answer an application's questions: read one snapshot, decide, put it on the record, answer.

The credentials stand in the same snapshot as the facts. An answer that could not be recorded is
not given: the caller gets an error, never an allow.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from gatehouse.domain.activity import Activity, Actor, Category, Outcome, Resource
from gatehouse.domain.api_key import ApiScope
from gatehouse.domain.decision import Decision, Facts, Reason, decide
from gatehouse.domain.errors import NotAllowed, Unable, Unauthenticated
from gatehouse.domain.ids import home_account_of
from gatehouse.domain.principal import Application
from gatehouse.domain.secrets import ApiKeyText, matches
from gatehouse.usecases.ports import Ports, Question, Snapshot

_SNAPSHOT: Final = 100
"""How many items one TransactGetItems may read."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One AuthZEN evaluation, read into the words of this domain."""

    subject_type: str
    subject_id: str
    action: str
    resource: Resource
    organization_id: str | None
    ip_address: str | None = None
    user_agent: str | None = None

    @property
    def question(self) -> Question:
        """Return what has to be read to answer."""
        known = self.subject_type == "user" and home_account_of(self.subject_id)
        return Question(self.subject_id if known else "", self.organization_id)


@dataclass(frozen=True, slots=True)
class Answer:
    """A decision and the id it was recorded under (None if it is not recorded)."""

    decision: Decision
    activity_id: str | None


class Semantic(StrEnum):
    """How a batch goes on after an answer (AuthZEN ``evaluations_semantic``)."""

    EXECUTE_ALL = "execute_all"
    DENY_ON_FIRST_DENY = "deny_on_first_deny"
    PERMIT_ON_FIRST_PERMIT = "permit_on_first_permit"

    def stops_after(self, allowed: bool) -> bool:
        """Say whether no further question is answered after this answer."""
        return (self is Semantic.DENY_ON_FIRST_DENY and not allowed) or (
            self is Semantic.PERMIT_ON_FIRST_PERMIT and allowed
        )


def application_of(snapshot: Snapshot, key_text: ApiKeyText) -> Application:
    """Return the application whose key stands in the snapshot. Raises Unauthenticated."""
    key = snapshot.key
    if key is None or snapshot.account is None or not matches(key_text.secret, key.secret_hash):
        raise Unauthenticated(
            "This API key is not known. It may have been revoked; an Administrator makes new ones."
        )
    return Application(key)


def authenticate(ports: Ports, key_text: ApiKeyText) -> Application:
    """Check a key that may ask for decisions, without asking anything."""
    return _admitted(
        ports, ports.store.snapshot(key_text.account_id, key_text.api_key_id, ()), key_text
    )


def evaluate(ports: Ports, key_text: ApiKeyText, ask: Ask) -> Answer:
    """Answer one question and record it."""
    snapshot = ports.store.snapshot(key_text.account_id, key_text.api_key_id, (ask.question,))
    _admitted(ports, snapshot, key_text)
    answer, entry = _answer(ports, key_text.account_id, ask, snapshot.facts[0])
    if entry is not None:
        ports.store.log.record((entry,))
    return answer


def evaluate_all(
    ports: Ports, key_text: ApiKeyText, asks: Sequence[Ask | None], semantic: Semantic
) -> list[Answer | Unable | None]:
    """Answer questions in order; None stands for one that could not be read, and is a denial.

    What cannot be read from the store or recorded in it is answered by the error in its place.
    """
    answers: list[Answer | Unable | None] = []
    admitted = False
    for chunk in _chunks(key_text.account_id, asks):
        entries: list[Activity] = []
        given: list[Answer | Unable | None] = []
        snapshot: Snapshot | Unable
        try:
            questions = [ask.question for ask in chunk if ask is not None]
            snapshot = ports.store.snapshot(key_text.account_id, key_text.api_key_id, questions)
        except Unable as failure:
            if not admitted:
                raise
            snapshot = failure
        else:
            _admitted(ports, snapshot, key_text)
            admitted = True
        facts = iter(snapshot.facts if isinstance(snapshot, Snapshot) else ())
        stopped = False
        for ask in chunk:
            if ask is None or isinstance(snapshot, Unable):
                given.append(None if ask is None else snapshot)  # type: ignore[arg-type]  # narrowed above
                allowed = False
            else:
                answer, entry = _answer(ports, key_text.account_id, ask, next(facts))
                given.append(answer)
                allowed = answer.decision.allowed
                if entry is not None:
                    entries.append(entry)
            if semantic.stops_after(allowed):
                stopped = True
                break
        answers.extend(_recorded(ports, given, entries))
        if stopped:
            break
    return answers


def _recorded(
    ports: Ports, given: list[Answer | Unable | None], entries: list[Activity]
) -> list[Answer | Unable | None]:
    if not entries:
        return given
    try:
        ports.store.log.record(entries)
    except Unable as failure:
        return [
            failure if isinstance(one, Answer) and one.activity_id is not None else one
            for one in given
        ]
    return given


def _chunks(account_id: str, asks: Sequence[Ask | None]) -> Iterator[Sequence[Ask | None]]:
    """Cut a batch into the fewest runs whose items fit into one snapshot each."""
    chunk: list[Ask | None] = []
    items: set[str] = set()
    for ask in asks:
        mine = set() if ask is None else _items(account_id, ask.question)
        if chunk and len(items | mine) + 2 > _SNAPSHOT:
            yield chunk
            chunk, items = [], set()
        chunk.append(ask)
        items |= mine
    yield chunk


def _items(account_id: str, question: Question) -> set[str]:
    home = home_account_of(question.user_id)
    items = {question.user_id, question.organization_id or ""}
    if home is not None and home != account_id:
        items.add(f"pair {home}")
    return items - {""}


def _admitted(ports: Ports, snapshot: Snapshot, key_text: ApiKeyText) -> Application:
    application = application_of(snapshot, key_text)
    if ApiScope.AUTHORIZE not in application.key.scopes:
        raise NotAllowed(
            "This API key may not ask for decisions: it lacks the scope authorize. "
            "An Administrator can add the scope or make another key."
        )
    ports.store.api_keys.touch(application.key, ports.clock.now())
    return application


def _answer(
    ports: Ports, account_id: str, ask: Ask, facts: Facts
) -> tuple[Answer, Activity | None]:
    decision = decide(ask.action, facts)
    if not _is_recorded(decision, facts):
        return Answer(decision, None), None
    entry = entry_of(ports, account_id, ask, facts, decision, Category.DECISION)
    return Answer(decision, entry.activity_id), entry


def _is_recorded(decision: Decision, facts: Facts) -> bool:
    """Every decision on a guest; of own users the denials; of strangers nothing."""
    if facts.own:
        return not decision.allowed
    return facts.pair is not None


def entry_of(
    ports: Ports,
    account_id: str,
    ask: Ask,
    facts: Facts,
    decision: Decision,
    category: Category,
) -> Activity:
    """Return the log entry of a decision, or of an activity that an application reports."""
    hidden = decision.reason in {Reason.UNKNOWN_SUBJECT, Reason.CONNECTION_NOT_ACTIVE}
    never_agreed = not facts.own and (facts.pair is None or facts.pair.accepted_at is None)
    user = None if never_agreed else facts.user
    home = home_account_of(ask.subject_id)
    return Activity(
        account_id=account_id,
        activity_id=ports.ids.new("act"),
        time=ports.clock.now(),
        category=category,
        action=ask.action,
        outcome=Outcome.ALLOWED if decision.allowed else Outcome.DENIED,
        reason=decision.reason.value,
        actor=Actor(
            type="user",
            name=user.name if user else "",
            user_id=ask.subject_id,
            home_account_id=home,
            own_role=None if hidden else decision.own_role,
            effective_role=None if hidden else decision.effective_role,
        ),
        connection_id=facts.pair.connection_id if facts.pair else None,
        guest_account_id=facts.pair.guest_account_id if facts.pair else None,
        organization_id=ask.organization_id if facts.organization else None,
        resource=ask.resource,
        ip_address=ask.ip_address,
        user_agent=ask.user_agent,
    )
