"""A page of a list."""

from dataclasses import dataclass
from typing import Generic, TypeVar

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Page(Generic[T_co]):
    """Some things in order, and the position after which the rest follows (None at the end)."""

    items: tuple[T_co, ...]
    after: str | None = None
