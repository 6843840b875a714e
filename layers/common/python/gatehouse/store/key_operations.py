"""The operations on what stands beside an API key: when it was used, and when to look at it again."""

from functools import reduce
from operator import and_

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path
from pynamodb.expressions.update import Action

from gatehouse.domain.api_key import ApiKey, Secret
from gatehouse.domain.moments import to_text
from gatehouse.store import table as t
from gatehouse.store.operations import Operation, Operations
from gatehouse.usecases.changes import Revisit


def watch(make: Operations, key: ApiKey) -> Operation:
    """Let the sweep look at a key in time; where it does already, that stays."""
    shard, due_at = t.Row.due_shard, t.Row.due_at
    actions: list[Action] = [
        shard.set(shard | t.due_shard(key.api_key_id)),
        due_at.set(due_at | to_text(key.notice_at)),
    ]
    return make.update(_key(key), actions)


def revisit(make: Operations, change: Revisit) -> Operation:
    """Let the sweep look at a key then, if it was neither used nor announced since it was read."""
    actions: list[Action] = [
        t.Row.due_shard.set(t.due_shard(change.key.api_key_id)),
        t.Row.due_at.set(to_text(change.at)),
    ]
    noticed_at, known = t.ApiKeyUseRow.noticed_at, change.key.noticed_at
    if change.noticed_at is not None:
        actions.append(noticed_at.set(to_text(change.noticed_at)))
    as_read = noticed_at == to_text(known) if known else noticed_at.does_not_exist()
    return make.update(_key(change.key), actions, _unused(change.key) & as_read)


def forget(make: Operations, key: ApiKey, *, only_unused: bool) -> Operation:
    """Drop what is noted of a key, perhaps only if it was not used since it was read."""
    return make.delete(_key(key), _unused(key) if only_unused else None)


def _unused(key: ApiKey) -> Condition:
    secrets = (key.current, key.older) if key.older else (key.current,)
    return reduce(and_, (_as_read(key, secret) for secret in secrets))


def _as_read(key: ApiKey, secret: Secret) -> Condition:
    path, known = Path(t.used_attribute(secret.number)), key.uses.get(secret.number)
    condition: Condition = path == to_text(known) if known else path.does_not_exist()
    return condition


def _key(key: ApiKey) -> t.Key:
    return t.api_key_use_key(key.account_id, key.api_key_id)
