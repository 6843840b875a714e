"""Change what a connection grants, whole, at one instant."""

from dataclasses import dataclass

from gatehouse.domain.connection import Connection
from gatehouse.domain.errors import EtagStale
from gatehouse.domain.grant import GrantState, Scope
from gatehouse.domain.principal import Principal, administrator
from gatehouse.domain.roles import Role
from gatehouse.usecases.changes import Change, RequireAdministrator
from gatehouse.usecases.invite import check_maximum_role
from gatehouse.usecases.lifecycle import Step, changes_of, outgoing, pair_of, terms_changed
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.racing import settled
from gatehouse.usecases.receipts import Keep
from gatehouse.usecases.scope import check_scope, prepare_grant, retire_grant, scope_of, tidy_up


@dataclass(frozen=True, slots=True)
class Terms:
    """A whole new cap and grant, and the version it replaces."""

    maximum_role: Role
    scope: Scope
    etag: str


def regrant(
    ports: Ports, principal: Principal, connection_id: str, terms: Terms, keep: Keep
) -> Connection:
    """Replace the maximum role and the grant of a pending or active connection."""
    person = administrator(principal, "edit connections")
    check_maximum_role(terms.maximum_role)
    account_id = person.account_id

    def attempt() -> Connection:
        before = outgoing(ports, account_id, connection_id)
        if terms.etag != str(before.version):
            raise EtagStale(
                "The connection changed since you read it. Read it again and repeat your change."
            )
        now = ports.clock.now()
        old = scope_of(ports, account_id, before.grant_id)
        new = terms.scope
        # Refuses an ended connection before anything is prepared for it.
        before.regrant(
            maximum_role=terms.maximum_role,
            group_ids=new.group_ids,
            grant_id=None,
            all_organizations=new.all_organizations,
            now=now,
        )
        fence = check_scope(ports, account_id, new, may_be_empty=False)
        grant_id = before.grant_id
        switch: list[Change] = []
        if old != new.organization_ids:
            grant_id, switch = prepare_grant(ports, account_id, connection_id, new.organization_ids)
            switch += retire_grant(ports, account_id, before.grant_id, GrantState.REPLACED)
        after = before.regrant(
            maximum_role=terms.maximum_role,
            group_ids=new.group_ids,
            grant_id=grant_id,
            all_organizations=new.all_organizations,
            now=now,
        )
        step = Step(
            "edited",
            before,
            after,
            pair_of(ports, before),
            person.actor,
            now,
            person.origin,
            changed=terms_changed(before, after, old, new.organization_ids),
        )
        ports.store.commit(
            *changes_of(ports, step),
            *switch,
            fence,
            RequireAdministrator(person.user),
            keep(after),
        )
        tidy_up(ports, switch)
        return after

    return settled(attempt)
