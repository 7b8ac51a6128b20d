"""What all tests share: `pytest --update` rewrites the expected outputs (`.out`) of the cases instead of
comparing them.
"""

from __future__ import annotations

from pathlib import Path

import pytest

CASES = Path(__file__).parent / "cases"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite the .out files of the cases")


@pytest.fixture
def golden(request: pytest.FixtureRequest):  # type: ignore[no-untyped-def]
    """Compare a case's whole output with the file beside it, or write that file with `--update`."""

    def compare(case: Path, actual: str) -> None:
        expected = case.with_suffix(".out")
        if request.config.getoption("--update"):
            expected.write_text(actual + "\n", encoding="utf-8")
        assert actual + "\n" == expected.read_text(encoding="utf-8")

    return compare
