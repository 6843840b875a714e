"""The table and the chart of what was measured."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from pathlib import Path

DOCS = Path(__file__).resolve().parents[1] / "docs"
_WIDTH = 760
_ROW = 34


@dataclass(frozen=True, slots=True)
class Line:
    """One figure: what it is, what it came to, and the most it may be (None: no goal)."""

    what: str
    value: float
    goal: float | None
    unit: str = "×"
    beside: str = ""
    is_noisy: bool = False

    @property
    def verdict(self) -> str:
        if self.goal is None:
            return ""
        reached = "reached" if self.value <= self.goal else "missed"
        return f"{reached}, noisy" if self.is_noisy else reached

    @property
    def figure(self) -> str:
        return (
            f"{self.value:.2f} {self.unit}" if self.value < 100 else f"{self.value:.0f} {self.unit}"
        )


def text(lines: Sequence[Line], counts: Sequence[tuple[str, ...]], settings: str) -> str:
    """Write the page."""
    rows = "\n".join(
        f"| {one.what} | {one.figure} | {'' if one.goal is None else f'≤ {one.goal:g} {one.unit}'}"
        f" | {one.verdict} | {one.beside} |"
        for one in lines
    )
    counted = "\n".join("| " + " | ".join(row) + " |" for row in counts)
    return f"""# Bench

Written by `make bench` on {datetime.now(UTC):%Y-%m-%d}: {settings}. CPU time of the measuring process, never wall time. Pairs are interleaved in random order; a ratio is the median of the pairs' ratios. *Noisy* means that half of a figure's ratios spread over more than a tenth of it: other work had the machine, run it again.

![The figures beside their goals](bench.svg)

| what | figure | goal | | medians |
|---|---|---|---|---|
{rows}

## At the wire

Counted from what is sent and received on the local engine, by AWS's rules for capacity units (4 KB a read unit, 1 KB a write unit, twice as many in a transaction).

| request | calls | items read | read units | write units |
|---|---|---|---|---|
{counted}

## What is compared

- *Warm*: the handler from the gateway's event to its answer (credentials, decision, record, log line, metrics) against `boto3.client` making the same TransactGetItems, and for a recorded decision the same PutItem, both to a server on loopback that answers canned bytes.
- *Cold*: a fresh process up to its first answer, with botocore's data as the layer ships it, against a fresh process that does `import boto3; boto3.client("dynamodb")` and nothing else.
- *In process*: the deciding function alone beside cedarpy and casbin's FastEnforcer on the same facts and questions, two allowed and one denied. Cedar is handed its entities as text at each call, as its binding takes them.
- *Growing accounts*: one decision through the whole handler against ministack, whose own time is not in the figures.
"""


def chart(lines: Sequence[Line]) -> str:
    """Draw the figures that have a goal, each as its share of the goal."""
    bars = [one for one in lines if one.goal]
    height = _ROW * len(bars) + 50
    scale = 300 / 1.5
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" '
            'font-family="system-ui, sans-serif" font-size="13">'
        ),
        "<title>Figures of make bench as shares of their goals; shorter is better</title>",
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
    ]
    left = 330
    for index, one in enumerate(bars):
        top = 20 + index * _ROW
        share = min(one.value / (one.goal or 1), 1.5)
        colour = "#2f6f4f" if share <= 1 else "#b3541e"
        parts += [
            (
                f'<text x="{left - 10}" y="{top + 15}" text-anchor="end" fill="#222222">'
                f"{escape(one.what)}</text>"
            ),
            (
                f'<rect x="{left}" y="{top}" width="{share * scale:.0f}" height="20" rx="3" '
                f'fill="{colour}"/>'
            ),
            (
                f'<text x="{left + share * scale + 8:.0f}" y="{top + 15}" fill="#222222">'
                f"{escape(one.figure)}</text>"
            ),
        ]
    goal = left + scale
    parts += [
        (
            f'<line x1="{goal:.0f}" y1="10" x2="{goal:.0f}" y2="{height - 28}" stroke="#555555" '
            'stroke-dasharray="4 3"/>'
        ),
        f'<text x="{goal:.0f}" y="{height - 12}" text-anchor="middle" fill="#555555">goal</text>',
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def write(lines: Sequence[Line], counts: Sequence[tuple[str, ...]], settings: str) -> None:
    (DOCS / "bench.md").write_text(text(lines, counts, settings), encoding="utf-8")
    (DOCS / "bench.svg").write_text(chart(lines), encoding="utf-8")
