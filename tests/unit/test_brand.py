"""Whatever colour an account takes, what stands on it can be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatehouse.domain.brand import BLACK, READABLE, WHITE, canonical_colour, contrast, text_on

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@given(COLOURS)
def test_text_on_any_colour_is_readable(colour: str) -> None:
    assert contrast(text_on(colour), colour) >= READABLE


def test_text_on_every_grey_is_readable() -> None:
    # Of colours as bright as each other contrast is the same, so that greys stand for all.
    least = min(
        contrast(text_on(f"#{n:02x}{n:02x}{n:02x}"), f"#{n:02x}{n:02x}{n:02x}") for n in range(256)
    )
    assert least >= READABLE


@given(COLOURS, COLOURS)
def test_contrast_is_the_same_both_ways_and_from_1_to_21(one: str, other: str) -> None:
    assert contrast(one, other) == contrast(other, one)
    assert 1 <= contrast(one, other) <= 21


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    # As published: WCAG's own extremes, and the colours that its techniques are known by.
    [(BLACK, WHITE, 21.0), ("#767676", WHITE, 4.54), ("#777777", WHITE, 4.48), (WHITE, WHITE, 1.0)],
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert round(contrast(one, other), 2) == ratio


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("#0b5cad", "#0b5cad"), (" #0B5CAD ", "#0b5cad"), ("0b5cad", "#0b5cad"), ("#FC0", "#ffcc00")],
)
def test_a_colour_is_written_one_way(typed: str, meant: str) -> None:
    assert canonical_colour(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "#",
        "red",
        "#12345",
        "#1234567",
        "#12345g",
        "rgb(0,0,0)",
        "#0b5cad;}",
        "#fff\n}*{",
        "\u0661" * 3,
    ],
)
def test_what_is_no_colour_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="must be six hexadecimal digits"):
        canonical_colour(typed)
