"""Bounces and complaints, as SES publishes them to EventBridge.

The shape is that of "Contents of event data that Amazon SES publishes", under ``detail``:
docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from gatehouse.domain.mailing import Delivery, MailKind
from gatehouse.usecases.note_delivery import Feedback

_TAGS: Final = ("account_id", "about_id", "mailing_id", "user_id")


def feedback_of(event: Mapping[str, Any]) -> Feedback | None:
    """Read a report; None if it is none that says a mail of ours did not arrive as it should."""
    detail = event.get("detail")
    if event.get("source") != "aws.ses" or not isinstance(detail, Mapping):
        return None
    delivery, addresses = _what_came_of_it(detail)
    tags = {name: _tag(detail, name) for name in ("kind", *_TAGS)}
    if delivery is None or tags["kind"] not in set(MailKind) or not all(tags.values()):
        return None
    named = {name: str(tags[name]) for name in _TAGS}
    return Feedback(
        kind=MailKind(tags["kind"]), delivery=delivery, addresses=frozenset(addresses), **named
    )


def _what_came_of_it(detail: Mapping[str, Any]) -> tuple[Delivery | None, Iterable[str]]:
    bounce, complaint = _part(detail, "bounce"), _part(detail, "complaint")
    match detail.get("eventType"):
        case "Bounce":
            permanent = bounce.get("bounceType") == "Permanent"
            # A transient one without a failure is an automatic reply: the mail has arrived.
            failed = [
                one
                for one in _recipients(bounce, "bouncedRecipients")
                if permanent or one.get("action") == "failed"
            ]
            return (Delivery.BOUNCED if failed else None), _addresses(failed)
        case "Complaint":
            complained = _recipients(complaint, "complainedRecipients")
            return Delivery.COMPLAINED, _addresses(complained)
    return None, ()


def _part(of: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = of.get(name)
    return found if isinstance(found, Mapping) else {}


def _recipients(of: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = of.get(name)
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def _addresses(recipients: Iterable[Mapping[str, Any]]) -> set[str]:
    return {str(one.get("emailAddress", "")).strip().lower() for one in recipients}


def _tag(detail: Mapping[str, Any], name: str) -> str | None:
    """Return a message tag: SES publishes each as a list."""
    values = _part(_part(detail, "mail"), "tags").get(name)
    if isinstance(values, list) and len(values) == 1 and isinstance(values[0], str):
        return values[0]
    return None
