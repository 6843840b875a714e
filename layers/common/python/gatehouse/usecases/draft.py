"""Put an offer together, question by question: an invitation, or the change of a connection."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from gatehouse.domain.draft import LIFETIME, Draft
from gatehouse.domain.errors import FieldError, NotFound, Refused
from gatehouse.domain.grant import Scope
from gatehouse.domain.mailing import Letter, MailKind
from gatehouse.domain.principal import Person, Principal, administrator
from gatehouse.domain.roles import Role
from gatehouse.usecases.choose import organizations_in_reach
from gatehouse.usecases.invite import check_maximum_role, may_be_invited
from gatehouse.usecases.lifecycle import outgoing
from gatehouse.usecases.ports import Ports
from gatehouse.usecases.rules import standing_of
from gatehouse.usecases.scope import check_scope, scope_of

_DOING: Final = "invite accounts and edit connections"
_LONGEST: Final = 2_000
"""Characters of a message, as the API takes them."""
_LOOKED_AT: Final = 50
_NAMED: Final = 5
"""How many unfinished invitations are named, among the newest drafts."""


def may_draft(principal: Principal) -> Person:
    """Return the Administrator who puts an offer together."""
    return administrator(principal, _DOING)


def begin_invitation(
    ports: Ports, principal: Principal, subdomain: str, draft_id: str | None
) -> Draft:
    """Begin to invite the account of this subdomain, or name another one in a draft."""
    person = may_draft(principal)
    old = own_draft(ports, person, draft_id) if draft_id else _new(ports, person)
    if old.guest_subdomain != subdomain.strip().lower():
        guest = may_be_invited(ports, person, subdomain)
        old = old.with_(ports.clock.now(), guest_subdomain=guest.subdomain, guest_name=guest.name)
        ports.store.drafts.keep(old)
    return old


def begin_change(ports: Ports, principal: Principal, connection_id: str) -> Draft:
    """Begin to change a connection, from what it grants now."""
    person = may_draft(principal)
    connection = outgoing(ports, person.account_id, connection_id)
    direct = scope_of(ports, person.account_id, connection.grant_id)
    draft = _new(ports, person).with_(
        ports.clock.now(),
        connection_id=connection_id,
        guest_subdomain=connection.guest.subdomain,
        guest_name=connection.guest.name,
        maximum_role=connection.maximum_role,
        scope=Scope(connection.group_ids, direct, connection.all_organizations),
    )
    ports.store.drafts.keep(draft)
    return draft


def begin_rule(ports: Ports, principal: Principal, connection_id: str, user_id: str) -> Draft:
    """Begin to set the rule for one person, from the rule there is or from the grant."""
    person = may_draft(principal)
    standing = standing_of(ports, person, connection_id, user_id)
    connection, rule = standing.connection, standing.rule
    kept = rule is not None and not rule.denied
    draft = _new(ports, person).with_(
        ports.clock.now(),
        connection_id=connection_id,
        for_user_id=user_id,
        for_name=standing.user.name,
        guest_subdomain=connection.guest.subdomain,
        guest_name=connection.guest.name,
        maximum_role=rule.maximum_role if rule and kept else connection.maximum_role,
        scope=standing.scope if kept else standing.granted,
    )
    ports.store.drafts.keep(draft)
    return draft


def limit_of(ports: Ports, draft: Draft) -> Role:
    """Return the maximum role of the connection that a draft would change."""
    return outgoing(ports, draft.account_id, draft.connection_id or "").maximum_role


def own_draft(ports: Ports, principal: Principal, draft_id: str) -> Draft:
    """Return a draft of the caller's; NotFound if there is none, or its time is over."""
    person = may_draft(principal)
    draft = ports.store.drafts.get(person.account_id, person.user.user_id, draft_id)
    if draft is None or draft.expires_at <= ports.clock.now():
        raise NotFound(
            "This draft is no longer there: drafts are kept for a day after they were last worked "
            "on, and are nobody's but their owner's. Nothing was sent from it. Begin anew."
        )
    return draft


def unfinished(ports: Ports, principal: Principal) -> Sequence[Draft]:
    """Return the caller's own invitations that are not sent, the newest of each guest."""
    person = may_draft(principal)
    newest: dict[str, Draft] = {}
    for draft in ports.store.drafts.of(person.account_id, person.user.user_id, _LOOKED_AT):
        if draft.is_unfinished_at(ports.clock.now()):
            newest.setdefault(draft.guest_subdomain, draft)
    return list(newest.values())[:_NAMED]


def discard(ports: Ports, principal: Principal, draft_id: str) -> Draft:
    """Drop a draft of the caller's; nothing was sent from it."""
    draft = own_draft(ports, principal, draft_id)
    ports.store.drafts.drop(draft.account_id, draft.user_id, draft.draft_id)
    return draft


def note_sent(ports: Ports, draft: Draft) -> None:
    """Keep a draft that was sent from being offered to be sent."""
    _kept(ports, draft.with_(ports.clock.now(), is_sent=True))


def answer_role(ports: Ports, draft: Draft, maximum_role: Role) -> Draft:
    """Take down the maximum role."""
    check_maximum_role(maximum_role)
    return _kept(ports, draft.with_(ports.clock.now(), maximum_role=maximum_role))


def answer_choices(
    ports: Ports,
    draft: Draft,
    shown: frozenset[str],
    ticked: frozenset[str],
    *,
    all_organizations: bool,
) -> Draft:
    """Take down what was chosen of the groups and organizations that were shown.

    Raises Refused if that is more than one request may name; then nothing is taken down.
    """
    changed = draft.with_choices(
        ports.clock.now(), shown, ticked, all_organizations=all_organizations
    )
    for pointer, noun, ids, most in (
        ("/group_ids", "groups", changed.scope.group_ids, ports.limits.group_ids),
        (
            "/organization_ids",
            "organizations",
            changed.scope.organization_ids,
            ports.limits.organization_ids,
        ),
    ):
        if len(ids) > most:
            detail = (
                f"Choose at most {most:,} {noun}; these would be {len(ids):,}. "
                "A group, or Allow All Organizations, takes more."
            )
            raise Refused(detail, fields=[FieldError(pointer, detail)])
    return _kept(ports, changed)


def answer_message(ports: Ports, draft: Draft, message: str) -> Draft:
    """Take down the message, however long; it is checked when it is sent."""
    changed = _kept(ports, draft.with_(ports.clock.now(), message=message[: 2 * _LONGEST]))
    check_message(message)
    return changed


def check_message(message: str) -> None:
    """Refuse a message that is too long."""
    if len(message) > _LONGEST:
        raise Refused.at(
            "/message",
            f"The message must have at most {_LONGEST:,} characters; it has {len(message):,}.",
        )


def keeps_message(ports: Ports, draft: Draft, message: str) -> bool:
    """Take down a message that is not finished; say whether it could be taken down whole."""
    changed = _kept(ports, draft.with_(ports.clock.now(), message=message[: 2 * _LONGEST]))
    return changed.message == message


def check_choices(ports: Ports, draft: Draft) -> None:
    """Refuse a choice that reaches no organization, or that names what was deleted meanwhile.

    What was deleted cannot be shown to be taken out, so it is no longer chosen afterwards.
    """
    scope, directory = draft.scope, ports.store.directory
    groups = frozenset(directory.groups(draft.account_id, scope.group_ids))
    direct = frozenset(directory.organizations(draft.account_id, scope.organization_ids))
    gone = len(scope.group_ids - groups) + len(scope.organization_ids - direct)
    if gone:
        left = Scope(groups, direct, scope.all_organizations)
        _kept(ports, draft.with_(ports.clock.now(), scope=left))
        raise Refused.at(
            "/organization_ids",
            f"{gone} of what was chosen {'was' if gone == 1 else 'were'} deleted meanwhile and "
            f"{'is' if gone == 1 else 'are'} no longer chosen. Look at the choice again.",
        )
    check_scope(ports, draft.account_id, scope, may_be_empty=False)


def letter_of(ports: Ports, principal: Principal, draft: Draft) -> str:
    """Return the text of the mail that sending a draft would send, with a link of nobody's."""
    person = may_draft(principal)
    host = ports.store.accounts.get(person.account_id)
    if host is None or draft.maximum_role is None:
        raise NotFound("There is nothing to write yet.")
    now = ports.clock.now()
    letter = Letter(
        kind=MailKind.INVITATION,
        to="",
        side="guest",
        host_name=host.name,
        host_subdomain=host.subdomain,
        guest_name=draft.guest_name,
        guest_subdomain=draft.guest_subdomain,
        maximum_role=draft.maximum_role,
        organization_count=organizations_in_reach(ports, person.account_id, draft.scope),
        all_organizations=draft.scope.all_organizations,
        actor_name=person.user.name,
        happened_at=now,
        expires_at=now + timedelta(days=host.invitation_expires_in_days),
        message=draft.message or None,
        link=f"{ports.public_base_url}/invitations/…",
    )
    return ports.mailer.text_of(letter)


def _new(ports: Ports, person: Person) -> Draft:
    return Draft(
        person.account_id,
        person.user.user_id,
        ports.ids.new("drf"),
        ports.clock.now() + LIFETIME,
    )


def _kept(ports: Ports, draft: Draft) -> Draft:
    ports.store.drafts.keep(draft)
    return draft
