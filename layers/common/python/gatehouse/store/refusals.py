"""What DynamoDB's refusals and failures mean here: our own errors, whatever goes wrong."""

from collections.abc import Sequence
from typing import Final

from pynamodb.exceptions import PynamoDBException

from gatehouse.domain.errors import StoreUnavailable

CONFLICT: Final = "TransactionConflict"
CONDITION_FAILED: Final = "ConditionalCheckFailed"


class ConditionFailed(Exception):
    """Say that an item was not as a single write required."""


class Cancelled(Exception):
    """Say that a condition of a transaction failed; nothing was written.

    ``reasons`` are in the order DynamoDB was given.
    """

    def __init__(self, reasons: Sequence[str | None]) -> None:
        super().__init__(f"cancelled: {reasons}")
        self.reasons = tuple(reasons)


def meaning_of(failure: Exception) -> Exception:
    """Return our own error for one of botocore's or pynamodb's."""
    cause = failure.cause if isinstance(failure, PynamoDBException) else failure
    code = _code_of(cause)
    if code == "ConditionalCheckFailedException":
        return ConditionFailed()
    if code == "TransactionCanceledException":
        found = [
            reason.code if reason is not None else None
            for reason in getattr(cause, "cancellation_reasons", ())
        ]
        return Cancelled(found)
    if code in {"TransactionConflictException", "TransactionInProgressException"}:
        return Cancelled([CONFLICT])
    return unable()


def unable() -> StoreUnavailable:
    """Return what is raised when the store gives no answer to go by."""
    return StoreUnavailable(
        "The store did not answer as it should. Nothing was allowed; try again in a moment."
    )


def _code_of(cause: object) -> str | None:
    response = getattr(cause, "response", None)
    error = response.get("Error", {}) if isinstance(response, dict) else {}
    return error.get("Code") if isinstance(error, dict) else None
