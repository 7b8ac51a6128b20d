"""A pytest plugin: `.ad` files whose comments promise values (`z = x * y   # => 6`) are tests.

Law: nothing of the language is imported before such a file is collected, so a run without them costs nothing.

`test_*.ad` files are collected by themselves; other `.ad` files with promises where they are named on the command
line, or everywhere with `--ad`. Each statement with a promise is a test of its own, so a report names the line.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option `--ad`."""
    group = parser.getgroup("adlang")
    group.addoption("--ad", action="store_true", help="collect every .ad file that promises values (`# => 6`)")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A collector for a file that holds promises."""
    if file_path.suffix != ".ad":
        return None
    named = parent.session.isinitpath(file_path)
    if file_path.name.startswith("test_") or named or parent.config.getoption("--ad"):
        return AdFile.from_parent(parent, path=file_path)
    return None


class AdFile(pytest.File):
    """A program that makes promises; it is run once, and each statement that promises something is a test."""

    def collect(self) -> Iterable[pytest.Item]:
        """The statements with promises."""
        from lang.grade.promises import chunks, verdicts

        text = self.path.read_text("utf-8")
        if not any(chunk.promises for chunk in chunks(text)):
            yield AdItem.from_parent(self, name="runs", number=1, broken=[], text=text)
            return
        for line, broken in verdicts(text):
            yield AdItem.from_parent(self, name=f"line {line}", number=line, broken=broken, text="")


class AdItem(pytest.Item):
    """One statement and what it promises; or a whole program that only has to run."""

    def __init__(self, *, number: int, broken: list[str], text: str, **more: Any) -> None:
        super().__init__(**more)
        self.number, self.broken, self.text = number, broken, text

    def runtest(self) -> None:
        """Fail with what was promised and what came."""
        from lang.grade.promises import broken

        found = self.broken or (broken(self.text) if self.text else [])
        if found:
            raise BrokenPromise("\n".join(found))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> str:
        """The promise in words, without a traceback."""
        if isinstance(excinfo.value, BrokenPromise):
            return str(excinfo.value)
        return str(super().repr_failure(excinfo))

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the statement stands."""
        return self.path, self.number - 1, self.name


class BrokenPromise(AssertionError):
    """A program does not keep what its comments promise."""
