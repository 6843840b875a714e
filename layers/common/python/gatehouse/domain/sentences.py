"""What the log says, in sentences of people: who did what to what, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from gatehouse.domain.activity import NAMELESS, Activity, Actor, Category, Outcome
from gatehouse.domain.decision import Reason
from gatehouse.domain.plain_text import one_line
from gatehouse.domain.policy import ORGANIZATION


@dataclass(frozen=True, slots=True)
class Names:
    """What ids are called: ``known`` by any id, ``hosts`` by the connection that they let us in by.

    ``gone`` stands for an organization that has no name here.
    """

    known: Mapping[str, str] = field(default_factory=dict)
    hosts: Mapping[str, str] = field(default_factory=dict)
    gone: str = "an organization that was deleted"

    def of(self, entity_id: str | None, otherwise: str) -> str:
        """Return the name of something on one line, or what stands for it."""
        name = self.known.get(entity_id or "")
        return one_line(name, otherwise=otherwise) if name else otherwise


_STEPS: Final = {
    "invited": "{who} invited {guest} to work in {host}",
    "resent": "{who} sent the invitation to {guest} again",
    "accepted": "{who} accepted the invitation of {host}",
    "declined": "{who} declined the invitation of {host}",
    "expired": "The invitation of {guest} to {host} expired unanswered",
    "edited": "{who} changed what {guest} may do in {host}",
    "revoked": "{who} revoked the access of {guest} to {host}",
    "rule_set": "{who} set a rule for {what} of {guest} alone",
    "denied": "{who} denied {what} of {guest} by a rule",
    "rule_removed": "{who} removed the rule for {what} of {guest}",
    "left": "{who} ended the access of {guest} to {host}",
}
_TO_DO: Final = {
    "view": "look at {it}",
    "create": "create something in {it}",
    "edit": "edit {it}",
    "archive": "archive {it}",
    "delete": "delete {it}",
    "restore": "restore {it}",
}
_DONE: Final = {
    "view": "looked at {it}",
    "create": "created something in {it}",
    "edit": "edited {it}",
    "archive": "archived {it}",
    "delete": "deleted {it}",
    "restore": "restored {it}",
}
_KEPT: Final = {
    "user.created": "{who} added the user {what}",
    "user.invited": "{who} sent {what} a link to sign in",
    "user.changed": "{who} changed the user {what}",
    "user.deleted": "{who} deleted the user {what}",
    "group.created": "{who} created the group {what}",
    "group.changed": "{who} changed the group {what}",
    "group.deleted": "{who} deleted the group {what}",
    "group.member_added": "{who} added {member} to the group {what}",
    "group.member_removed": "{who} took {member} out of the group {what}",
    "group.organization_added": "{who} let the group {what} reach {organization}",
    "group.organization_removed": "{who} no longer lets the group {what} reach {organization}",
    "organization.created": "{who} created the organization {what}",
    "organization.changed": "{who} changed the organization {what}",
    "organization.deleted": "{who} deleted the organization {what}",
    "account.created": "The account was created",
    "account.changed": "{who} changed the account's settings",
    "account.plan_changed": "Whoever runs Gatehouse changed the account's plan",
    "account.billing_contact_changed": "{who} changed the billing contact",
    "import.finished": "An import that {who} began has ended",
    "erasure.requested": "{who} asked for a person to be erased from this log",
    "erasure.finished": "A person was erased from this log: {entries}",
    "export.requested": "{who} asked for an export of everything",
    "export.finished": "The export of everything is ready",
    "export.downloaded": "{who} downloaded an export of everything",
    "log.exported": "{who} exported entries of the activity log",
    "log.export_requested": "{who} asked for an export of the activity log",
    "log.export_finished": "An export of the activity log is ready",
    "log.export_downloaded": "{who} downloaded an export of the activity log",
    "host.blocked": "{who} blocked {what}: no more invitations from it",
    "host.unblocked": "{who} takes invitations from {what} again",
    "key.created": "{who} created the API key {what}",
    "key.changed": "{who} changed the API key {what}",
    "key.rotated": "{who} gave the API key {what} a new secret",
    "key.older_secret_ended": "{who} ended the older secret of the API key {what}",
    "key.unused": "The API key {what} has not been used for long: its revocation was announced",
    "key.revoked": "{who} revoked the API key {what}",
    "session.started": "{who} signed in",
    "session.ended": "{who} signed out",
    "session.others_ended": "{who} signed out everywhere else",
    "session.all_ended": "{who} ended all sessions of {what}",
    "session.bound": "{who} signed in for the first time",
}
REASONS: Final = {
    Reason.ACTION_NEVER_DELEGATED: "This action is never given to anybody through a decision.",
    Reason.ACTION_UNKNOWN: "The account knows no action of this name.",
    Reason.UNKNOWN_SUBJECT: "Nobody of this id belongs to the account or to a guest of it.",
    Reason.CONNECTION_NOT_ACTIVE: "The connection with this person's company was not active.",
    Reason.DENIED_BY_RULE: "A rule of the account denied this person.",
    Reason.SUBJECT_INACTIVE: "This person was deactivated at home.",
    Reason.ROLE_NOT_ADMITTED: "This person's own role is Lite, which gets in nowhere.",
    Reason.MFA_REQUIRED: "The account lets guests in with a second factor only; none was shown.",
    Reason.NETWORK_NOT_ALLOWED: "The account lets guests in from its own networks only; the "
    "address was not in them.",
    Reason.UNKNOWN_RESOURCE: "The account has no such organization.",
    Reason.ORGANIZATION_NOT_GRANTED: "Neither directly nor through a group was the organization "
    "granted.",
    Reason.RESOURCE_TYPE_DENIED: "The account denies this type of resource to a group that was held.",
    Reason.ROLE_TOO_LOW: "The effective role was too low for this action.",
    Reason.ALLOWED: "The role was high enough, and the organization in reach.",
}
"""What each reason says of a decision that was made."""


def sentence_of(entry: Activity, names: Names) -> str:
    """Write an entry as one sentence without its full stop."""
    who = actor_in_words(entry.actor, entry.account_id, names)
    if entry.category is Category.CONNECTION:
        return _step(entry, who, names)
    if entry.category is Category.DECISION:
        allowed = entry.outcome is Outcome.ALLOWED
        verb = _verb(entry, _TO_DO, "do “{action}” with {it}", names)
        return f"{who} {'was' if allowed else 'was not'} allowed to {verb}"
    if entry.category is Category.ACTIVITY:
        return _reported(entry, who, names)
    words = _KEPT.get(entry.action)
    if words is not None:
        if _is_erased(entry):
            words = words.replace("the user {what}", "{what}")
        return words.format(
            who=who,
            what=_what(entry, names),
            entries=_entries(entry),
            organization=names.of(entry.organization_id, "an organization"),
            member=_member(entry, names),
        )
    return f"{who} did “{one_line(entry.action)}”"


def actor_in_words(actor: Actor, account_id: str, names: Names) -> str:
    """Name who did it; people of another company with their company."""
    if actor.type == "key":
        return f"The application {one_line(actor.called)}"
    name = one_line(actor.called, otherwise="Somebody")
    if actor.home_account_id in {None, account_id}:
        return name
    company = names.of(actor.home_account_id, "another company")
    if actor.name is None:
        return NAMELESS.replace("Somebody", f"Somebody of {company}")
    return name if name == company else f"{name} of {company}"


def reason_in_words(entry: Activity) -> str | None:
    """Say why it came out as it did; None if the entry has no reason."""
    if entry.reason is None:
        return None
    if entry.category is Category.CONNECTION:  # what somebody wrote when declining
        return entry.reason
    if entry.category is Category.KEY:
        return "Nobody used it for 90 days." if entry.action == "key.revoked" else None
    return REASONS[Reason(entry.reason)] if entry.reason in set(Reason) else entry.reason


def _what(entry: Activity, names: Names) -> str:
    resource = entry.resource
    if resource is None:
        return "—"
    if resource.name:
        return one_line(resource.name)
    return names.of(resource.id, _SOMEBODY if _is_erased(entry) else "that is gone")


_SOMEBODY: Final = f"{NAMELESS[0].lower()}{NAMELESS[1:]}"


def _is_erased(entry: Activity) -> bool:
    """Say whether an entry is about a person whose name was taken out of it."""
    about = entry.resource
    if entry.erased is None or about is None:
        return False
    return about.type == "user" and about.name is None


def _entries(entry: Activity) -> str:
    _, count = entry.changes.get("entries", (None, 0))
    return f"{count:,} {'entry' if count == 1 else 'entries'} had something of theirs"


def _member(entry: Activity, names: Names) -> str:
    """Name whom a change of a group's members is about."""
    ids, then = (entry.changes.get(name, (None, None)) for name in ("user_id", "user_name"))
    # What they are called now, and of who was deleted, what they were called then.
    nobody = "somebody" if entry.erased is None else _SOMEBODY
    return names.of(ids[0] or ids[1], one_line(then[0] or then[1] or nobody))


def _step(entry: Activity, who: str, names: Names) -> str:
    guest = names.of(entry.guest_account_id, "the guest")
    if entry.account_id == entry.guest_account_id:
        host = one_line(names.hosts.get(entry.connection_id or "", ""), otherwise="the host")
    else:
        host = names.of(entry.account_id, "the host")
    step = entry.action.removeprefix("connection.")
    if step == "rule_set" and entry.changes.get("denied", (None, None))[1]:
        step = "denied"
    words = _STEPS.get(step, "{who} changed the connection")
    if _is_erased(entry) and "{what} of {guest}" in words:
        somebody = _SOMEBODY.replace("somebody", f"somebody of {guest}")
        words = words.replace("{what} of {guest}", "{what}")
        return words.format(who=who, guest=guest, host=host, what=somebody)
    return words.format(who=who, guest=guest, host=host, what=_what(entry, names))


def _reported(entry: Activity, who: str, names: Names) -> str:
    denied = entry.outcome is Outcome.DENIED
    if entry.action == "organizations.listed":
        return f"{who} {'was refused' if denied else 'opened'} the list of organizations"
    done = _verb(entry, _DONE, "did “{action}” with {it}", names)
    return f"{who} {done}{', without having access' if denied else ''}"


def _verb(entry: Activity, verbs: Mapping[str, str], other: str, names: Names) -> str:
    pattern = verbs.get(entry.action, other)
    resource = entry.resource
    unknown = "an organization that is unknown here"
    otherwise = unknown if entry.organization_id is None else names.gone
    organization = names.of(entry.organization_id, otherwise)
    if resource is None or resource.type == ORGANIZATION:
        return pattern.format(action=one_line(entry.action), it=organization)
    thing = f"the {one_line(resource.type)} “{one_line(resource.name or resource.id or '')}”"
    if entry.action == "create":
        pattern = pattern.replace("something in ", "")
    return f"{pattern.format(action=one_line(entry.action), it=thing)} in {organization}"
