"""A text, or a file -> a program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lang.limits import Limits
from lang.program import Program
from lang.source import Source
from lang.syntax.text import decode

if TYPE_CHECKING:
    from pathlib import Path


def parse(text: str, name: str = "<program>", limits: Limits | None = None) -> Program:
    """A program from its text.

    Args:
        text: the program.
        name: what errors call it.
        limits: bounds for reading and running it; `Limits.untrusted()` for other people's programs.

    Raises:
        ParseError: the text is not a program. CheckError: it is one that cannot run. LimitExceeded: it is too large.
    """
    if not isinstance(text, str):
        raise TypeError(f"a program's text is a str, not {type(text).__name__}")
    return Program(Source(text, name), limits)


def load(path: str | Path, limits: Limits | None = None) -> Program:
    """A program from a file (UTF-8).

    Raises:
        OSError: the file cannot be read. ParseError, CheckError, LimitExceeded: as for `parse`.
    """
    with open(path, "rb") as file:
        return Program(decode(file.read(), str(path)), limits)
