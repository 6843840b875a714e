"""How names are found by what somebody types."""

from collections.abc import Callable


def finder(words: str) -> Callable[[str], bool]:
    """Return what says whether a text has all these words, in any order and case.

    No words are in every text.
    """
    sought = words.casefold().split()

    def finds(text: str) -> bool:
        folded = text.casefold()
        return all(word in folded for word in sought)

    return finds
