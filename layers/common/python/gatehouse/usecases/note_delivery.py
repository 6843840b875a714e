"""Note that a mail came back, or that its recipient complained about it.

A report names the mail by the tags that the letter carried, so a late one about an older mailing
never touches the newer. Nobody's access depends on it: it only tells the host whom no mail reaches.
"""

from dataclasses import dataclass

from gatehouse.domain.ids import is_any_id, is_id
from gatehouse.domain.mailing import Delivery, MailKind
from gatehouse.usecases.ports import Ports


@dataclass(frozen=True, slots=True)
class Feedback:
    """One report: the letter it is about, what became of it, and of whose address it says so."""

    kind: MailKind
    account_id: str
    about_id: str
    mailing_id: str
    user_id: str
    delivery: Delivery
    addresses: frozenset[str]


def note_delivery(ports: Ports, feedback: Feedback) -> bool:
    """Note a report; say whether it was news. One that fits no letter of ours changes nothing."""
    if not (is_id(feedback.account_id, "acc") and is_any_id(feedback.about_id)):
        return False
    mailing = ports.store.mailings.get(feedback.account_id, feedback.about_id, feedback.mailing_id)
    if mailing is None or mailing.kind is not feedback.kind:
        return False
    recipient = mailing.recipients.get(feedback.user_id)
    if recipient is None or recipient.email not in feedback.addresses:
        return False
    return ports.store.mailings.report(mailing, recipient.user_id, feedback.delivery)
