"""Between the rows of an API key and the key; decisions read it as a lean row."""

from __future__ import annotations

from gatehouse.domain.api_key import ApiKey, ApiScope, Secret
from gatehouse.domain.moments import from_text, to_text
from gatehouse.store import table as t
from gatehouse.store.mapping import moment_of, text_of


def api_key_row(k: ApiKey) -> t.ApiKeyRow:
    return t.ApiKeyRow(
        *t.api_key_key(k.account_id, k.api_key_id),
        account_id=k.account_id,
        name=k.name,
        scopes={scope.value for scope in k.scopes} or None,
        secret_hash=k.current.hash,
        secret_number=k.current.number,
        secret_since=to_text(k.current.created_at),
        older_hash=k.older.hash if k.older else None,
        older_since=to_text(k.older.created_at) if k.older else None,
        older_ends_at=text_of(k.older.ends_at) if k.older else None,
        created_at=to_text(k.created_at),
        version=k.version,
    )


def api_key(row: t.ApiKeyRow | t.LeanRow, use: t.LeanRow | None = None) -> ApiKey:
    """Make a key; one that was never rotated may lack what tells its secrets apart."""
    number = int(row.secret_number or 1)
    older = None
    if row.older_hash is not None:
        since, ends_at = from_text(row.older_since), moment_of(row.older_ends_at)
        older = Secret(number - 1, row.older_hash, since, ends_at)
    uses = t.uses_in(use.serialize()) if use else {}
    return ApiKey(
        account_id=row.account_id,
        api_key_id=row.sk,
        name=row.name,
        scopes=frozenset(ApiScope(scope) for scope in row.scopes or ()),
        current=Secret(number, row.secret_hash, from_text(row.secret_since or row.created_at)),
        older=older,
        created_at=from_text(row.created_at),
        uses={number: from_text(moment) for number, moment in uses.items()},
        noticed_at=moment_of(use.noticed_at) if use else None,
        version=int(row.version),
    )
