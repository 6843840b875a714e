"""Answer an application's questions: read one snapshot, decide, put it on the record, answer.

The credentials stand in the same snapshot as the facts. An answer that could not be recorded is
not given: the caller gets an error, never an allow.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from gatehouse.domain.activity import Activity, Category
from gatehouse.domain.api_key import ApiScope
from gatehouse.domain.decision import Facts, decide
from gatehouse.domain.demands import must_come_from
from gatehouse.domain.errors import NotAllowed, StoreUnavailable, Unable, Unauthenticated
from gatehouse.domain.ids import home_account_of
from gatehouse.domain.policy import NO_DEMANDS, Policy
from gatehouse.domain.principal import Application, Origin
from gatehouse.domain.secrets import ApiKeyText
from gatehouse.usecases.asking import (
    Answer,
    Ask,
    Question,
    Semantic,
    Snapshot,
    entry_of,
    is_recorded,
)

if TYPE_CHECKING:
    from gatehouse.usecases.ports import Ports

_SNAPSHOT: Final = 100
"""How many items one TransactGetItems may read."""
_CREDENTIALS: Final = 2
"""How many of them are the key and the account."""
_REREADS: Final = 4


def application_of(
    ports: Ports, snapshot: Snapshot, key_text: ApiKeyText, origin: Origin | None = None
) -> Application:
    """Return the application whose key stands in the snapshot.

    Raises Unauthenticated, or NetworkNotAllowed: a key that was stolen is of no use elsewhere.
    """
    key = snapshot.key
    secret = key.secret_of(key_text.secret, ports.clock.now()) if key is not None else None
    if key is None or secret is None or snapshot.account is None:
        raise Unauthenticated(
            "This API key is not known. It may have been revoked, or replaced by a newer secret; "
            "an Administrator makes new ones."
        )
    must_come_from(snapshot.account, key_text.ip_address)
    return Application(key, secret, origin or Origin())


def touch(ports: Ports, application: Application) -> None:
    """Note that the application used its key, and with which secret."""
    ports.store.api_keys.touch(application.key, application.secret, ports.clock.now())


def authenticate(ports: Ports, key_text: ApiKeyText) -> Application:
    """Check a key that may ask for decisions, without asking anything."""
    return admitted(ports, read(ports, key_text, ()), key_text)


def read(ports: Ports, key_text: ApiKeyText, questions: Sequence[Question]) -> Snapshot:
    """Read credentials and facts as one snapshot."""
    return ports.store.snapshot(key_text.account_id, key_text.api_key_id, questions)


def admitted(
    ports: Ports, snapshot: Snapshot, key_text: ApiKeyText, asks: Sequence[Ask] = ()
) -> Application:
    """Return the application if its key may ask this. Raises Unauthenticated or NotAllowed."""
    application = application_of(ports, snapshot, key_text)
    needed = [ApiScope.AUTHORIZE]
    if any(ask.dry_run for ask in asks):
        needed.append(ApiScope.AUTHORIZE_DRY_RUN)
    for scope in needed:
        if scope not in application.key.scopes:
            raise NotAllowed(
                f"This API key may not ask for this: it lacks the scope {scope}. "
                "An Administrator can add the scope or make another key."
            )
    touch(ports, application)
    return application


def evaluate(ports: Ports, key_text: ApiKeyText, ask: Ask) -> Answer:
    """Answer one question and record it."""
    policy, (facts,) = _facts(ports, key_text, (ask,))
    answer, entry = _answer(ports, key_text.account_id, ask, facts, policy)
    if entry is not None:
        ports.store.log.record((entry,))
    return answer


def evaluate_all(
    ports: Ports, key_text: ApiKeyText, asks: Sequence[Ask | None], semantic: Semantic
) -> list[Answer | Unable | None]:
    """Answer questions in order; None stands for one that could not be read, and is a denial.

    What cannot be read from the store or recorded in it is answered by the error in its place;
    credentials that cannot be checked refuse the whole batch.
    """
    authenticated = False
    answers: list[Answer | Unable | None] = []
    for chunk in _chunks(key_text.account_id, asks):
        readable = [ask for ask in chunk if ask is not None]
        try:
            policy, facts = _facts(ports, key_text, readable)
            authenticated = True
        except Unable as failure:
            if not authenticated:
                raise
            answers.extend(None if ask is None else failure for ask in chunk)
            if semantic is Semantic.DENY_ON_FIRST_DENY:
                return answers[: len(answers) - len(chunk) + 1]
            continue
        given, stopped = _given(ports, key_text.account_id, chunk, facts, policy, semantic)
        answers.extend(given)
        if stopped:
            break
    return answers


def _given(
    ports: Ports,
    account_id: str,
    chunk: Sequence[Ask | None],
    facts: Sequence[Facts],
    policy: Policy,
    semantic: Semantic,
) -> tuple[list[Answer | Unable | None], bool]:
    """Answer one run in order and record it; say whether the batch stops here."""
    given: list[Answer | Unable | None] = []
    entries: list[Activity] = []
    left = iter(facts)
    stopped = False
    for ask in chunk:
        allowed = False
        if ask is None:
            given.append(None)
        else:
            answer, entry = _answer(ports, account_id, ask, next(left), policy)
            given.append(answer)
            allowed = answer.decision.allowed
            if entry is not None:
                entries.append(entry)
        if semantic.stops_after(allowed=allowed):
            stopped = True
            break
    if entries:
        try:
            ports.store.log.record(entries)
        except Unable as failure:
            given = [
                failure if isinstance(one, Answer) and one.activity_id is not None else one
                for one in given
            ]
            if semantic is Semantic.DENY_ON_FIRST_DENY:
                return given[: given.index(failure) + 1], True
    return given, stopped


def _facts(
    ports: Ports, key_text: ApiKeyText, asks: Sequence[Ask]
) -> tuple[Policy, Sequence[Facts]]:
    """Read the facts of questions, and the policy that says which organization each is about.

    The policy stands in the same snapshot. Where it names another property than was guessed, the
    whole is read again with the right one.
    """
    policy: Policy | None = None
    for _ in range(_REREADS):
        questions = [ask.question(policy) for ask in asks]
        snapshot = read(ports, key_text, questions)
        admitted(ports, snapshot, key_text, asks)
        policy = snapshot.account.policy if snapshot.account else NO_DEMANDS
        if questions == [ask.question(policy) for ask in asks]:
            return policy, snapshot.facts
    raise StoreUnavailable(
        "The account's resource types kept changing while this was read. Ask again."
    )


def _chunks(account_id: str, asks: Sequence[Ask | None]) -> Iterator[Sequence[Ask | None]]:
    """Cut a batch into the fewest runs whose items fit into one snapshot each."""
    chunk: list[Ask | None] = []
    items: set[str] = set()
    for ask in asks:
        mine = set() if ask is None else _items(account_id, ask.question(None))
        if chunk and len(items | mine) + _CREDENTIALS > _SNAPSHOT:
            yield chunk
            chunk, items = [], set()
        chunk.append(ask)
        items |= mine
    yield chunk


def _items(account_id: str, question: Question) -> set[str]:
    home = home_account_of(question.user_id)
    items = {question.user_id, question.organization_id or ""}
    if home is not None and home != account_id:
        items |= {f"pair {home}", f"rule {question.user_id}"}
    return items - {""}


def _answer(
    ports: Ports, account_id: str, ask: Ask, facts: Facts, policy: Policy
) -> tuple[Answer, Activity | None]:
    decision = decide(ask.action, facts, policy, ask.circumstances, ask.resource.type)
    if not is_recorded(ask, decision, facts):
        return Answer(decision, None), None
    entry = entry_of(ports, account_id, ask, facts, decision, Category.DECISION)
    return Answer(decision, entry.activity_id), entry
