"""What entries of the activity log are called: one closed list, by category.

What is asked of decisions and reported by applications has names of their choosing; everything
that Gatehouse keeps of itself has one of these. What makes an entry checks it against this list,
and docs/activities.md is written from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from gatehouse.domain.activity import Activity, Category

OWN: Final = "the account's own"
BOTH: Final = "the host's and the guest's"
GUESTS: Final = "the guest's"
HOSTS: Final = "the host's"


@dataclass(frozen=True, slots=True)
class Kept:
    """What a name stands for, in whose log, and which ``changes`` may be with it."""

    what: str
    changes: tuple[str, ...] = ()
    log: str = OWN


_TERMS: Final = ("maximum_role", "group_ids", "organization_ids", "all_organizations")
_RULE: Final = ("denied", *_TERMS)
_SCOPE: Final = ("group_ids", "organization_ids", "all_organizations")
_EXPORT: Final = ("format", "filters")
_MEMBER: Final = ("user_id", "user_name")
_SECRETS: Final = ("older_secret_ends_at", "last_used_secret")

NAMES: Final[Mapping[Category, Mapping[str, Kept]]] = {
    Category.CONNECTION: {
        "connection.invited": Kept("a host invited a guest", _TERMS, BOTH),
        "connection.resent": Kept("the host sent the invitation again", log=BOTH),
        "connection.accepted": Kept("an Administrator of the guest accepted", log=BOTH),
        "connection.declined": Kept("one declined; `reason` is what they wrote", log=BOTH),
        "connection.expired": Kept("nobody answered in time", log=BOTH),
        "connection.edited": Kept("the host changed what is granted", _TERMS, BOTH),
        "connection.revoked": Kept("the host ended it", log=BOTH),
        "connection.left": Kept("the guest ended it", log=BOTH),
        "connection.rule_set": Kept("the host set a rule for one person", _RULE, BOTH),
        "connection.rule_removed": Kept("the host removed it", _RULE, BOTH),
    },
    Category.DECISION: {},
    Category.ACTIVITY: {
        "organizations.listed": Kept(
            "somebody of a guest opened the list of organizations, or was refused it", log=HOSTS
        ),
    },
    Category.DIRECTORY: {
        "account.created": Kept("the account was created"),
        "account.changed": Kept(
            "its settings were changed",
            (
                "name",
                "invitation_expires_in_days",
                "mapped_actions",
                "mapped_resource_types",
                "colour",
                "logo_id",
                "require_mfa",
                "ip_allow_list",
                "publish_entries",
                "denied_resource_types",
            ),
        ),
        "account.plan_changed": Kept("whoever runs Gatehouse changed its plan", ("plan", "seats")),
        "account.billing_contact_changed": Kept(
            "the billing contact was changed", ("name", "email", "postal_address", "reference")
        ),
        "user.created": Kept("a user was added", ("role", "invited", *_SCOPE)),
        "user.invited": Kept("a user was sent a link to sign in"),
        "user.changed": Kept("a user was changed", ("email", "name", "role", "status", *_SCOPE)),
        "user.deleted": Kept("a user was deleted"),
        "group.created": Kept("a group was created"),
        "group.changed": Kept("a group was changed", ("name",)),
        "group.deleted": Kept("a group was deleted"),
        "group.member_added": Kept("somebody came into a group", _MEMBER),
        "group.member_removed": Kept("somebody left a group", _MEMBER),
        "group.organization_added": Kept("a group reaches an organization"),
        "group.organization_removed": Kept("a group no longer reaches it"),
        "organization.created": Kept("an organization was created"),
        "organization.changed": Kept("an organization was changed", ("name", "parent_id")),
        "organization.deleted": Kept("an organization was deleted"),
        "import.finished": Kept("an import ended", ("created", "changed", "left", "refused")),
        "export.requested": Kept("an export of everything was asked for"),
        "export.finished": Kept("it is ready", ("rows", "bytes")),
        "export.downloaded": Kept("somebody was given a link to it"),
        "erasure.requested": Kept("somebody is to be erased from this log", ("user_id",)),
        "erasure.finished": Kept("that is done, in so many entries", ("user_id", "entries")),
        "log.exported": Kept("entries of the log were answered as a file", (*_EXPORT, "entries")),
        "log.export_requested": Kept("a job puts entries of the log into a file", _EXPORT),
        "log.export_finished": Kept("the file is ready", (*_EXPORT, "entries", "bytes")),
        "log.export_downloaded": Kept("somebody was given a link to the file"),
        "host.blocked": Kept("a guest takes no more invitations from a host", log=GUESTS),
        "host.unblocked": Kept("it takes them again", log=GUESTS),
    },
    Category.KEY: {
        "key.created": Kept("an API key was made", ("scopes",)),
        "key.changed": Kept("an API key was changed", ("name", "scopes")),
        "key.rotated": Kept("an API key has a new secret, by number", ("secret", *_SECRETS)),
        "key.older_secret_ended": Kept("the older secret was ended", _SECRETS),
        "key.unused": Kept("it will be revoked for want of use", ("revoked_if_unused_at",)),
        "key.revoked": Kept(
            "an API key was revoked; `changes` if for want of use",
            ("last_used_at", "last_used_secret"),
        ),
    },
    Category.SESSION: {
        "session.bound": Kept("a user signed in for the first time"),
        "session.started": Kept("a user signed in to the console"),
        "session.ended": Kept("a user signed out, or ended one of their sessions"),
        "session.others_ended": Kept("a user ended all their other sessions"),
        "session.all_ended": Kept("all sessions of a user were ended by somebody else"),
    },
}
"""Whoever asks or reports names decisions and activities; ``organizations.listed`` is ours."""


def check_name(entry: Activity) -> None:
    """Refuse to keep what the list does not name, or what it does not say is with it."""
    kept = NAMES[entry.category].get(entry.action)
    if kept is None or not entry.changes.keys() <= set(kept.changes):
        raise ValueError(
            f"{entry.action} ({entry.category}, {sorted(entry.changes)}) is not in the list of "
            "domain/actions.py."
        )
