"""An answer to `x = ` -> the number it stands for: digits, or an expression such as `pi/2`.

Law: an answer is wrong only where no further keys could make a number of it. `1e`, `-` and `sqrt(` are not finished,
and what is not finished is no mistake until somebody presses Enter.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from lang.assist.names import CONSTANTS, built_in
from lang.assist.words import words
from lang.entry import prepare
from lang.errors import AdError
from lang.evaluate.run import Shown
from lang.evaluate.supplied import finite
from lang.limits import Limits
from lang.session import Session
from lang.source import Source
from lang.syntax import tree

LIMITS = Limits.untrusted()
NEEDED = "a number is needed here, such as 2.5 or pi/2"
ENDINGS = ("1", "(1)", "", "1, 1", ", 1", "1, 1, 1", ", 1, 1")
"""What could follow an answer that has only begun; the brackets that are open are closed behind it."""


class Status(Enum):
    """What an answer is so far."""

    FINE = "fine"
    UNFINISHED = "unfinished"
    WRONG = "wrong"


class Checked(NamedTuple):
    """What an answer is, what is to be said about it (nothing for a fine one), and its value."""

    status: Status
    said: str = ""
    value: float | None = None


def number_of(name: str, answer: str) -> float:
    """The number of an answer.

    Raises:
        InputError: it is none.
    """
    found = checked(answer)
    return finite(name, answer if found.value is None else found.value)


def checked(answer: str) -> Checked:
    """Is an answer a number, the beginning of one, or wrong?"""
    answer = answer.strip()
    if _is_number(answer):
        return _value(answer)
    if _may_become(answer):
        return Checked(Status.UNFINISHED, f"`{answer}` is not finished; {NEEDED}")
    return Checked(Status.WRONG, NEEDED)


def _value(answer: str) -> Checked:
    """The value of one expression; where it has none (`1/0`), more keys may still help (`1/0.5`)."""
    outcome = Session(limits=LIMITS).run(answer)
    shown = [each for each in outcome.shown if isinstance(each, Shown)]
    if outcome.error is not None or not shown:
        said = outcome.error.message if outcome.error is not None else NEEDED
        return Checked(Status.UNFINISHED, said)
    value = shown[0].values[0]
    return Checked(Status.WRONG, NEEDED) if isinstance(value, bool) else Checked(Status.FINE, "", float(value))


def _is_number(text: str) -> bool:
    """Is it one expression that a program may hold?"""
    try:
        body = prepare(Source(text), LIMITS).checked.program.body
    except AdError:
        return False
    return len(body) == 1 and isinstance(body[0], tree.Show) and len(body[0].values) == 1


def _may_become(text: str) -> bool:
    """Could more keys make a number of it?"""
    pieces = words(text)
    if not pieces:
        return False
    last = pieces[-1]
    if last.kind == "name" and any(name.startswith(last.text) for name in (*built_in(), *CONSTANTS)):
        text = text[: last.start] + "pi"  # `sq` may become `sqrt(2)`, and that stands wherever a constant may
    signs = [piece.text for piece in pieces]
    close = ")" * (signs.count("(") - signs.count(")"))
    return any(_is_number(text + ending + close) for ending in ENDINGS)
