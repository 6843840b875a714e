"""A worker runs one event at a time, as Lambda's execution environments do."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from local.functions import Functions
from local.template import Function
from local.workers import FunctionFailed, Workers

# A handler that keeps its event in a global, which threads would mix up.
HANDLER = """
import time

current = None

def handler(event, context):
    global current
    current = event
    time.sleep(0.002)
    if current == "fail":
        raise RuntimeError("on purpose")
    return current
"""


@pytest.fixture
def workers(tmp_path):
    file = tmp_path / "handler.py"
    file.write_text(HANDLER, encoding="utf-8")
    function = Function("keep", file, "handler", 3, 128, {}, (), None)
    started = Workers(Functions({"keep": function}), count=4)
    yield started
    started.close()


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_events_at_the_same_time_stay_apart(workers):
    events = [str(number) for number in range(100)]

    with ThreadPoolExecutor(16) as threads:
        results = list(threads.map(lambda event: workers.invoke("keep", event), events))

    assert results == events


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_what_a_function_raises_comes_back_and_the_worker_goes_on(workers):
    for _ in range(5):
        with pytest.raises(FunctionFailed, match="on purpose"):
            workers.invoke("keep", "fail")

    assert workers.invoke("keep", "next") == "next"
