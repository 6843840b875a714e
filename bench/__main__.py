"""Measure everything, print the table, write docs/bench.md and docs/bench.svg."""

import json
import os
import platform
import subprocess
import time
from pathlib import Path

from bench import cold, growth, loopback, warm
from bench.pairs import Compared
from bench.report import Line, write

PAIRS = max(3, int(os.environ.get("PAIRS", "15")))
LARGEST = int(os.environ.get("LARGEST", str(growth.SIZES[-1])))
_ROOT = Path(__file__).resolve().parents[1]
_BEGAN = time.monotonic()


def say(text: str) -> None:
    print(f"{time.monotonic() - _BEGAN:5.0f} s  {text}", flush=True)


def line(what: str, found: Compared, goal: float | None) -> Line:
    beside = f"{found.ours * 1000:.2f} ms beside {found.theirs * 1000:.2f} ms"
    return Line(what, found.ratio, goal, beside=beside, is_noisy=found.is_noisy)


def in_process() -> list[Line]:
    python = _ROOT / ".venv-bench/bin/python"
    path = f"{_ROOT}:{_ROOT / 'layers/common/python'}"
    out = subprocess.run(
        [python, "-m", "bench.engines"],
        check=True,
        stdout=subprocess.PIPE,
        env={"PYTHONPATH": path},
        cwd=_ROOT,
    ).stdout
    lines = []
    for groups, costs in json.loads(out).items():
        for name, cost in costs.items():
            goal = 20.0 if name == "Gatehouse" else None
            lines.append(Line(f"deciding alone, {groups} groups: {name}", cost, goal, "µs"))
    return lines


def main() -> None:
    lines: list[Line] = []
    with loopback.server() as endpoint:
        say(f"Warm CPU, {PAIRS} pairs each")
        found = warm.measure(endpoint, PAIRS)
        lines.append(line("recorded decision against its raw calls", found["recorded"], 1.15))
        lines.append(line("dry run against its raw call", found["dry run"], 1.20))
        lines.append(line("100 recorded against one recorded", found["batch"], 12))
        say(f"Cold starts, {PAIRS} pairs")
        cpu, memory = cold.measure(endpoint, PAIRS)
        lines.append(line("cold to first answer against a bare client", cpu, 1.00))
        beside = f"{memory.theirs:.1f} MiB for the bare client"
        lines.append(Line("peak memory", memory.ours, 42, "MiB", beside))
    say("Deciding in process: Gatehouse, cedarpy, casbin")
    lines += in_process()
    sizes = tuple(size for size in growth.SIZES if size <= LARGEST)
    say("Growing accounts on ministack")
    grown, counts = growth.measure(say, sizes, PAIRS)
    lines += [line(what, one, 1.2 if "100,000" in what else None) for what, one in grown.items()]
    table = [
        (name, one.words, str(one.items), f"{one.read_units:g}", f"{one.write_units:g}")
        for name, one in counts.items()
    ]
    settings = f"{PAIRS} pairs, Python {platform.python_version()}, {platform.machine()}"
    write(lines, table, settings)
    say("Done: docs/bench.md, docs/bench.svg")
    for one in lines:
        print(f"  {one.what:<52} {one.figure:>12}  {one.verdict}")
    for row in table:
        print("  " + " · ".join(row))


if __name__ == "__main__":
    main()
