"""Every example runs, and what its `# =>` comments promise is what comes out."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import expectations

ROOT = Path(__file__).parents[1]
PROGRAMS = sorted((ROOT / "examples").glob("*.ad"))
SCRIPTS = sorted((ROOT / "examples").glob("*.py"))
NIST_QUICK = ["Misra1a", "BoxBOD", "MGH09", "MGH10", "Rat43", "Nelson", "Thurber"]


def process(*command: str) -> subprocess.CompletedProcess[str]:
    """A Python process in the root folder, which finds the checkout's own `lang`."""
    paths = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": paths, "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1"},
    )


def test_there_are_programs_and_scripts() -> None:
    assert len(PROGRAMS) >= 13
    assert len(SCRIPTS) >= 3


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_program_keeps_its_promises(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert expectations.count(text) >= 1
    assert expectations.broken(text) == []


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_program_names_its_source(path: Path) -> None:
    assert "# Source: " in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_program_runs_from_the_command_line(path: Path) -> None:
    given = [
        f"{name}={value!r}" for name, value in expectations.inputs(path.read_text(encoding="utf-8")).items()
    ]
    done = process("-m", "lang", "run", str(path), *given, "--no-input")
    assert (done.returncode, done.stdout != "") == (0, True), done.stderr


@pytest.mark.parametrize(
    "path", [each for each in SCRIPTS if each.stem != "nist_fit"], ids=lambda path: path.stem
)
def test_script_prints_what_it_promises(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    promised = [found[1] for line in text.splitlines() if (found := expectations.PROMISE.search(line))]
    done = process(str(path))
    assert done.returncode == 0, done.stderr
    printed = done.stdout.splitlines()
    assert promised
    assert len(printed) == len(promised)
    assert [
        (want, got)
        for want, got in zip(promised, printed, strict=True)
        if not expectations.same_text(want, got)
    ] == []


def test_nist_problems_reach_six_certified_digits_from_both_starts() -> None:
    done = process("examples/nist_fit.py", *NIST_QUICK)
    assert done.returncode == 0, done.stderr
    fits = 2 * len(NIST_QUICK)
    assert done.stdout.splitlines()[-1] == f"{fits} of {fits} fits have at least 6 correct digits"
