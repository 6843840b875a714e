"""A page of a list, and all that its pages hold."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Page(Generic[T_co]):
    """Some things in order, and the position after which the rest follows (None at the end)."""

    items: tuple[T_co, ...]
    after: str | None = None


def every(page_after: Callable[[str | None], Page[T]]) -> Iterator[T]:
    """Yield what a list holds, page by page: nothing is read that nobody asks for."""
    after: str | None = None
    while True:
        page = page_after(after)
        yield from page.items
        after = page.after
        if after is None:
            return
