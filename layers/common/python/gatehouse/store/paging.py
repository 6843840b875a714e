"""Pages: one item more than asked for is read, which says whether there is a next page."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from gatehouse.domain.pages import Page

T = TypeVar("T")


def page_of(found: Sequence[T], limit: int, position: Callable[[T], str]) -> Page[T]:
    """Cut what was found to a page; ``position`` is where the next one goes on."""
    items = tuple(found[:limit])
    return Page(items, position(items[-1]) if len(found) > limit else None)
