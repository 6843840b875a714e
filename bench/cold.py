"""Cold: from the start of a process to its first answer, against a bare boto3 client's."""

import json
import os
import random
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import world
from bench.pairs import Compared, compared
from scripts.trim_botocore import trim

ROOT = Path(__file__).resolve().parents[1]
SERVICES = {"dynamodb", "sesv2", "email", "sts"}
BARE = "import boto3; boto3.client('dynamodb')\n"
# Not the kernel's figure of an ended child: that one begins with what its parent had.
PEAK = """
import sys
lines = open("/proc/self/status").read().splitlines()
sys.stderr.write(next(line for line in lines if line.startswith("VmHWM")).split()[1])
"""
FIRST_ANSWER = """
import json, sys
import handler
answer = handler.handler(json.loads(sys.argv[1]), None)
assert json.loads(answer["body"])["decision"], answer
"""


@contextmanager
def _shipped() -> Iterator[str]:
    """Yield a path with botocore as the layer ships it: only the data that is needed."""
    packages = Path(sysconfig.get_path("purelib"))
    with TemporaryDirectory() as folder:
        shutil.copytree(packages / "botocore", Path(folder, "botocore"))
        trim(Path(folder, "botocore", "data"), SERVICES)
        yield f"{folder}:{ROOT / 'layers/common/python'}:{ROOT / 'functions/authorize'}"


def measure(endpoint: str, pairs: int) -> tuple[Compared, Compared]:
    """Return CPU seconds and peak MiB of fresh processes: the function's and a bare client's."""
    event = json.dumps(world.decision_event())
    cpu: list[tuple[float, float]] = []
    memory: list[tuple[float, float]] = []
    with _shipped() as path:
        ours = ([sys.executable, "-c", FIRST_ANSWER, event], path)
        bare = ([sys.executable, "-c", BARE], "")
        for command in (ours, bare):  # byte code is written once
            _run(endpoint, *command)
        for _ in range(pairs):
            both = [ours, bare]
            random.shuffle(both)
            costs = {id(one): _run(endpoint, *one) for one in both}
            cpu.append((costs[id(ours)][0], costs[id(bare)][0]))
            memory.append((costs[id(ours)][1], costs[id(bare)][1]))
    return compared(cpu), compared(memory)


def _run(endpoint: str, command: list[str], path: str) -> tuple[float, float]:
    environment = {
        **world.ENVIRONMENT,
        "AWS_ENDPOINT_URL_DYNAMODB": endpoint,
        "PYTHONPATH": path,
        "HOME": os.environ.get("HOME", "/"),
    }
    python, option, code, *arguments = command
    with subprocess.Popen(
        [python, option, code + PEAK, *arguments],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr
        said = process.stderr.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, said
    return used.ru_utime + used.ru_stime, int(said) / 1024
