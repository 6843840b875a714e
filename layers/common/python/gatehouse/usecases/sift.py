"""Go through a list by the words in its names, as far as one request may.

Names stand in no index: one by prefix would find beginnings alone, and cost two more writes at
every rename of what decisions read. So a search reads on in the order of the list, at most
``READ_AT_MOST`` at a time, and says that it stopped: with 20,000 organizations nobody waits for
all of them, and whoever wants to goes on from there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from gatehouse.domain.finding import finder
from gatehouse.domain.pages import Page, T_co

T = TypeVar("T")
READ_AT_MOST: Final = 5_000
"""How many one search looks at before it asks whether to go on."""
_AT_ONCE: Final = 1_000


@dataclass(frozen=True, slots=True)
class Found(Page[T_co]):
    """A page of what was found.

    ``stopped`` says that there may be more because as many were looked at as one search may;
    ``by_name``, that it is in the order of names and not of creation.
    """

    stopped: bool = False
    by_name: bool = False


def sift(
    read: Callable[[str | None, int], Page[T]],
    text_of: Callable[[T], str],
    id_of: Callable[[T], str],
    words: str,
    after: str | None,
    limit: int,
    wanted: Callable[[T], bool] | None = None,
) -> Found[T]:
    """Return the next items of a list whose texts have all the words.

    ``wanted`` leaves out others, whatever their texts.
    """
    finds = finder(words)
    found: list[T] = []
    for _ in range(READ_AT_MOST // _AT_ONCE):
        # Where all match, as many as are shown are enough.
        page = read(after, _AT_ONCE if words.strip() or wanted else limit)
        for item in page.items:
            if (wanted is None or wanted(item)) and finds(text_of(item)):
                found.append(item)
            if len(found) == limit:
                at_the_end = page.after is None and item is page.items[-1]
                return Found(tuple(found), None if at_the_end else id_of(item))
        after = page.after
        if after is None:
            return Found(tuple(found))
    return Found(tuple(found), after, stopped=True)
