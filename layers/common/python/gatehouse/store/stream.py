"""The table's stream: which of its records are new entries of a log.

docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_Record.html
"""

from collections.abc import Mapping
from typing import Any, Final

from gatehouse.store import entries
from gatehouse.store import table as t
from gatehouse.usecases.follow import Noted

_DIGITS: Final = 40
"""How long a sequence number is at most; with as many digits each they sort as numbers do."""


def noted_in(event: Mapping[str, Any]) -> list[Noted]:
    """Return the new log entries that an event of the stream tells of, in its order."""
    found = []
    for record in event["Records"]:
        change = record["dynamodb"]
        month = t.month_of_log(change["Keys"][t.PK]["S"])
        if record["eventName"] != "INSERT" or month is None:
            continue
        entry = entries.activity(t.LeanRow(change["NewImage"]))
        found.append(Noted(month, change["SequenceNumber"].zfill(_DIGITS), entry))
    return found
