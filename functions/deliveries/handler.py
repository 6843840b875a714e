"""Mails that came back or were complained about, as SES reports them over EventBridge."""

from typing import Any

from gatehouse import observability, wiring
from gatehouse.mail.feedback import feedback_of
from gatehouse.usecases.note_delivery import note_delivery


def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Note one report; what is not about a mail of ours changes nothing."""
    feedback = feedback_of(event)
    noted = feedback is not None and note_delivery(wiring.ports(), feedback)
    observability.fed_back(reported=feedback.delivery.value if feedback else None, noted=noted)
    return {"noted": noted}
