"""What is attempted under faults: each use case, on a state of its own for every attempt."""

from tests.proof.attempts import account_area, answers, clean_up, connections
from tests.proof.attempts.attempt import ATTEMPTS, DONE, UNABLE, Attempt

__all__ = [
    "ATTEMPTS",
    "DONE",
    "UNABLE",
    "Attempt",
    "account_area",
    "answers",
    "clean_up",
    "connections",
]
