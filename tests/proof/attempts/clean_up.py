"""Everything that the clean-up has to do."""

from collections.abc import Iterator
from datetime import timedelta

from gatehouse.domain.api_key import NOTICE, UNUSED, ApiKey, ApiScope
from gatehouse.domain.errors import Unable
from gatehouse.domain.grant import DirectGrant, GrantState
from gatehouse.domain.secrets import hash_of
from gatehouse.usecases.changes import KeepGrant, Remove, Revisit, Save
from tests.proof.attempts.attempt import (
    DONE,
    ORGANIZATIONS,
    UNABLE,
    Attempt,
    attempts,
    directory_of,
)
from tests.proof.field import Field


@attempts
def sweep_an_expired_invitation(field: Field, count: int) -> Iterator[Attempt]:
    for host, guest in field.pairs(count, organizations=ORGANIZATIONS):
        field.granted([(host, guest)], active=False, lifetime=timedelta(minutes=1))
        yield from _sweep(field)


@attempts
def sweep_an_invitation_that_was_never_mailed(field: Field, count: int) -> Iterator[Attempt]:
    for host, guest in field.pairs(count):
        (offer,) = field.offers([(host, guest)])
        field.queue(offer)
        yield from _sweep(field)


@attempts
def sweep_grants(field: Field, count: int) -> Iterator[Attempt]:
    company = field.company(organizations=ORGANIZATIONS)
    for key in range(count):
        grant = DirectGrant(
            company.account_id,
            f"con_nobody.{key}",
            frozenset(company.organizations.values()),
            GrantState.PREPARING,
            field.world.clock.now(),
        )
        field.ports.store.commit(KeepGrant(grant))
        field.ports.store.grants.spread(grant)
        yield from _sweep(field)


@attempts
def sweep_removals(field: Field, count: int) -> Iterator[Attempt]:
    _, made = directory_of(field, count)
    for key, one in enumerate(made):
        directory = field.ports.store.directory
        organization = directory.organization(
            one.organization.account_id, one.organization.organization_id
        )
        assert organization is not None
        field.ports.store.commit(Remove(organization if key % 2 else one.group))
        yield from _sweep(field)


@attempts
def sweep_unused_keys(field: Field, count: int) -> Iterator[Attempt]:
    """Announce, or revoke what was announced; either leaves one entry, whatever goes wrong."""
    company = field.company()
    for index in range(count):
        now = field.world.clock.now()
        key = ApiKey.new(
            company.account_id,
            field.ports.ids.api_key(),
            f"Key {index}",
            frozenset({ApiScope.AUTHORIZE}),
            hash_of(f"secret {index}"),
            now - UNUSED,
        )
        field.ports.store.commit(Save(key))
        if index % 2:
            field.ports.store.commit(Revisit(key, now, now - NOTICE))
        action = "key.revoked" if index % 2 else "key.unused"
        for attempt in _sweep(field):
            yield Attempt(attempt.run, [(company.account_id, action, key.api_key_id)])


def _sweep(field: Field) -> Iterator[Attempt]:
    def run() -> str:
        try:
            swept = field.sweep()
        except Unable:
            return UNABLE
        return UNABLE if swept.failed else DONE

    field.world.clock.advance(minutes=61)
    yield Attempt(run)
