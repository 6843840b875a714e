"""What somebody types finds the names it should."""

import pytest

from gatehouse.domain.finding import finder


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("", "Northwind Traders"),
        ("north", "Northwind Traders"),
        ("traders north", "Northwind Traders"),
        ("  STRASSE ", "Bäckerei Hauptstraße"),
    ],
    ids=["nothing typed", "a beginning", "words in another order", "another case"],
)
def test_words_find_a_name_in_any_order_and_case(words: str, text: str) -> None:
    assert finder(words)(text)


def test_a_name_without_one_of_the_words_is_not_found() -> None:
    assert not finder("north wind mill")("Northwind Traders")
