"""`make deploy-local`: the real template on a local AWS, where this machine can."""

import os
import subprocess
from pathlib import Path

import pytest

from local.template import ROOT
from scripts import deploy_local

MINUTES = 10


def _why_not() -> str:
    try:
        deploy_local.python_of_the_functions()
    except deploy_local.Skipped as why:
        return str(why)
    missing = [name for name in (".venv-sam", ".venv-deploy") if not (ROOT / name).is_dir()]
    return f"{' and '.join(missing)}: `make deploy-local` makes them" if missing else ""


@pytest.mark.slow
def test_the_template_deploys_and_every_function_answers() -> None:
    if why := _why_not():
        pytest.skip(why)
    environment = {name: value for name, value in os.environ.items() if name != "ARCHITECTURE"}
    done = subprocess.run(
        ["make", "deploy-local"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        check=False,
        text=True,
        timeout=MINUTES * 60,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "CREATE_COMPLETE" in done.stdout
    assert "UPDATE_COMPLETE" in done.stdout


def test_without_the_functions_python_it_is_skipped_with_its_reason(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert deploy_local.main() == 0
    assert "skipped: there is no python3.13 on PATH" in capsys.readouterr().out


def test_a_python_that_does_not_run_is_none(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    # As a version manager's stand-in for a version that is not chosen.
    stand_in = tmp_path / "python3.13"
    stand_in.write_text("#!/bin/sh\nexit 127\n", encoding="ascii")
    stand_in.chmod(0o700)
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert deploy_local.main() == 0
    assert f"skipped: {stand_in} does not run" in capsys.readouterr().out


def test_nothing_of_the_callers_aws_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    from scripts.local_aws.stack import clear_environment

    kept = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_DYNAMODB"):
        monkeypatch.setenv(name, "mine")
    try:
        clear_environment()
        assert "mine" not in {v for n, v in os.environ.items() if n.startswith("AWS_")}
        assert os.environ["AWS_ENDPOINT_URL"].startswith("http://127.0.0.1:")
    finally:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            del os.environ[name]
        os.environ.update(kept)
