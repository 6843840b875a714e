"""Everything that is done with connections."""

from collections.abc import Iterator

from tests.proof.attempts.attempt import DONE, ORGANIZATIONS, Attempt, attempts, request, told
from tests.proof.field import Field
from tests.support.world import Company


@attempts
def invite(field: Field, count: int) -> Iterator[Attempt]:
    pairs = field.pairs(count, organizations=ORGANIZATIONS, groups={"Level 1": ["Alder"]})
    for key, (host, guest) in enumerate(pairs):
        body = {
            "guest_subdomain": guest.subdomain,
            "maximum_role": "editor",
            "group_ids": list(host.groups.values()),
            "organization_ids": [host.organizations["Birch"]],
        }
        token = field.token(host)
        yield Attempt(request(field, key, 201, "POST", "/connections", body, token=token))


@attempts
def accept_by_link(field: Field, count: int) -> Iterator[Attempt]:
    pairs = field.pairs(count)
    for key, ((_, guest), offer) in enumerate(zip(pairs, field.offers(pairs), strict=True)):
        link = field.link_of(offer, guest)
        address = f"/invitations/{link}/accept"
        yield Attempt(request(field, key, 200, "POST", address, token=field.token(guest)))


@attempts
def decline(field: Field, count: int) -> Iterator[Attempt]:
    return _answers(field, count, "decline", active=False)


@attempts
def leave(field: Field, count: int) -> Iterator[Attempt]:
    return _answers(field, count, "leave", active=True)


def _answers(field: Field, count: int, verb: str, *, active: bool) -> Iterator[Attempt]:
    pairs = field.pairs(count, organizations=ORGANIZATIONS)
    made = field.granted(pairs) if active else field.offers(pairs)
    for key, ((_, guest), one) in enumerate(zip(pairs, made, strict=True)):
        address = f"/incoming-connections/{one.connection_id}/{verb}"
        yield Attempt(request(field, key, 200, "POST", address, token=field.token(guest)))


@attempts
def revoke(field: Field, count: int) -> Iterator[Attempt]:
    pairs = field.pairs(count, organizations=ORGANIZATIONS)
    for key, ((host, _), one) in enumerate(zip(pairs, field.granted(pairs), strict=True)):
        address = f"/connections/{one.connection_id}/revoke"
        yield Attempt(request(field, key, 200, "POST", address, token=field.token(host)))


@attempts
def resend(field: Field, count: int) -> Iterator[Attempt]:
    pairs = field.pairs(count)
    for key, ((host, _), one) in enumerate(zip(pairs, field.offers(pairs), strict=True)):
        address = f"/connections/{one.connection_id}/resend"
        yield Attempt(request(field, key, 200, "POST", address, token=field.token(host)))


@attempts
def regrant(field: Field, count: int) -> Iterator[Attempt]:
    pairs = field.pairs(count, organizations=ORGANIZATIONS)
    for key, ((host, _), one) in enumerate(zip(pairs, field.granted(pairs), strict=True)):
        body = {
            "maximum_role": "creator",
            "group_ids": [],
            "organization_ids": [host.organizations["Birch"]],
            "all_organizations": False,
        }
        yield Attempt(
            request(
                field,
                key,
                200,
                "PUT",
                f"/connections/{one.connection_id}/grant",
                body,
                token=field.token(host),
                headers={"if-match": str(one.version)},
            )
        )


@attempts
def block(field: Field, count: int) -> Iterator[Attempt]:
    """Block a host, or lift it: every other one is blocked already."""
    pairs = field.pairs(count)
    field.offers(pairs)
    for key, (host, guest) in enumerate(pairs):
        address, token = f"/blocked-hosts/{host.account_id}", field.token(guest)
        if key % 2:
            assert told(field.world.api("PUT", address, token=token), 200) == DONE
        method, ok, step = ("DELETE", 204, "unblocked") if key % 2 else ("PUT", 200, "blocked")
        yield Attempt(
            request(field, key, ok, method, address, token=token),
            [(guest.account_id, f"host.{step}", host.account_id)],
        )


@attempts
def set_rule(field: Field, count: int) -> Iterator[Attempt]:
    """Set a rule for a person, change it, or deny them: of three, one each."""
    for key, (host, guest, rule, etag) in enumerate(_ruled(field, count)):
        body: dict[str, object] = {"denied": True}
        if key % 3:
            own = host.organizations["Birch"]
            body = {"denied": False, "maximum_role": "creator", "organization_ids": [own]}
        headers = {"if-match": etag} if etag else {}
        yield Attempt(
            request(field, key, 200, "PUT", rule, body, token=field.token(host), headers=headers),
            [(host.account_id, "connection.rule_set", guest.users["sam"])] if not etag else [],
        )


@attempts
def remove_rule(field: Field, count: int) -> Iterator[Attempt]:
    for key, (host, guest, rule, _) in enumerate(_ruled(field, count, every=1)):
        yield Attempt(
            request(field, key, 204, "DELETE", rule, token=field.token(host)),
            [(host.account_id, "connection.rule_removed", guest.users["sam"])],
        )


@attempts
def revoke_with_rules(field: Field, count: int) -> Iterator[Attempt]:
    """End a connection whose rules the clean-up has to clear away."""
    for key, (host, _, rule, _) in enumerate(_ruled(field, count, every=1)):
        address = f"{rule.partition('/rules/')[0]}/revoke"
        yield Attempt(request(field, key, 200, "POST", address, token=field.token(host)))


def _ruled(
    field: Field, count: int, every: int = 2
) -> Iterator[tuple[Company, Company, str, str | None]]:
    """Make connections; in every such one Sam has a rule already. Return where that is or will be."""
    pairs = field.pairs(count, organizations=ORGANIZATIONS)
    for key, ((host, guest), one) in enumerate(zip(pairs, field.granted(pairs), strict=True)):
        rule = f"/connections/{one.connection_id}/rules/{guest.users['sam']}"
        etag = None
        if key % every == 0:
            own = {"maximum_role": "editor", "organization_ids": [host.organizations["Alder"]]}
            made = field.world.api("PUT", rule, {"denied": False, **own}, token=field.token(host))
            assert made.status == 200, made
            etag = made.json["etag"]
        yield host, guest, rule, etag
