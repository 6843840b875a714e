"""The kinds of fields that bodies are made of: strict, of limited size, free of hidden characters.

What a validator in Python refuses, the JSON Schema of the field refuses too, as far as a schema
can say it: docs/openapi.json is generated from these.
"""

from collections.abc import Hashable, Sequence
from datetime import datetime
from typing import Annotated, Any, TypeVar

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, Field, StringConstraints

from gatehouse.domain.api_key import LONGEST_GRACE_HOURS, ApiScope
from gatehouse.domain.brand import canonical_colour
from gatehouse.domain.limits import Limits
from gatehouse.domain.moments import from_text
from gatehouse.domain.networks import canonical
from gatehouse.http import text as characters

SINCE_1970 = "^(19[7-9][0-9]|[2-9][0-9]{3})-"
"""As a pattern of JSON Schema, beside the format; gatehouse.domain.moments says why."""

S = TypeVar("S", bound=Sequence[Hashable])


def _one_line(text: str) -> str:
    if not characters.is_one_line(text):
        raise ValueError("must not have line breaks, control or direction characters")
    return text


def _name(text: str) -> str:
    name = _one_line(text).strip()
    if not name:
        raise ValueError("must not be empty")
    return name


def _many_lines(text: str) -> str:
    text = text.replace("\r\n", "\n")
    if not characters.is_plain(text):
        raise ValueError("must not have control or direction characters")
    return text


def _email(text: str) -> str:
    try:
        found = validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError as wrong:
        raise ValueError(f"must be an e-mail address: {wrong}") from None
    return found.normalized.lower()


def _moment(text: str) -> datetime:
    try:
        return from_text(text)
    except ValueError:
        raise ValueError("must be a time such as 2026-11-21T22:43:01.123Z") from None


def _unique(items: S) -> S:
    if len(set(items)) != len(items):
        raise ValueError("must not name the same thing twice")
    return items


def _schema(**more: Any) -> Any:
    return Field(json_schema_extra=more)


Name = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200),
    AfterValidator(_name),
    _schema(pattern=characters.NAME),
]
Label = Annotated[
    str,
    StringConstraints(min_length=1, max_length=100),
    AfterValidator(_one_line),
    _schema(pattern=characters.ONE_LINE),
]
Short = Annotated[
    str,
    StringConstraints(max_length=200),
    AfterValidator(_one_line),
    _schema(pattern=characters.ONE_LINE),
]
Agent = Annotated[
    str,
    StringConstraints(max_length=300),
    AfterValidator(_one_line),
    _schema(pattern=characters.ONE_LINE),
]
Text = Annotated[
    str,
    StringConstraints(max_length=2_000),
    AfterValidator(_many_lines),
    _schema(pattern=characters.MANY_LINES),
]
Email = Annotated[
    str, StringConstraints(max_length=320), AfterValidator(_email), _schema(format="email")
]
Moment = Annotated[
    str,
    StringConstraints(max_length=40),
    AfterValidator(_moment),
    _schema(format="date-time", pattern=SINCE_1970),
]
Subdomain = Annotated[str, StringConstraints(max_length=200)]
Days = Annotated[int, Field(ge=1, le=30)]
SeatNumber = Annotated[int, Field(ge=1, le=1_000_000)]
GraceHours = Annotated[int, Field(ge=0, le=LONGEST_GRACE_HOURS)]
# Whatever its shape: an id that we do not have is unknown, which the use case says with its name.
Id = Label
# How many ids one request may name is a setting, which the routes look up: bodies.check_sizes.
GroupIds = Annotated[
    list[Id], AfterValidator(_unique), _schema(uniqueItems=True, maxItems=Limits().group_ids)
]
OrganizationIds = Annotated[
    list[Id], AfterValidator(_unique), _schema(uniqueItems=True, maxItems=Limits().organization_ids)
]
Word = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z][a-zA-Z0-9_.:-]{0,63}$")]
Denials = Annotated[dict[Word, GroupIds], Field(max_length=50)]
Network = Annotated[
    str, StringConstraints(max_length=50), AfterValidator(canonical), _schema(format="network")
]
Colour = Annotated[
    str,
    StringConstraints(max_length=20),
    AfterValidator(canonical_colour),
    _schema(pattern="^ *#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6}) *$"),
]
Networks = Annotated[
    list[Network], Field(max_length=200), AfterValidator(_unique), _schema(uniqueItems=True)
]
Scopes = Annotated[
    list[Annotated[ApiScope, Field(strict=False)]],
    Field(min_length=1, max_length=20),
    AfterValidator(_unique),
    _schema(uniqueItems=True),
]
