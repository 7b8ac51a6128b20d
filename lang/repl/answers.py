"""An answer to `x = ` -> the number it stands for: digits, or an expression such as `pi/2` or `y/2`.

Law: an answer is wrong only where no further keys could make a number of it. `1e`, `-` and `sqrt(` are not finished,
and what is not finished is no mistake until somebody presses Enter. What is computed from names of the session is a
number from then on, and does not follow them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple

from lang.assist.names import CONSTANTS, built_in
from lang.assist.words import words
from lang.entry import prepare
from lang.errors import AdError, InputError
from lang.evaluate.run import Shown
from lang.evaluate.supplied import finite
from lang.limits import Limits
from lang.session import Session
from lang.source import Source
from lang.syntax import tree
from lang.syntax.unparse import number

Known = Mapping[str, float | bool]
"""The values that an answer may be computed from, by name."""
LIMITS = Limits.untrusted()
NEEDED = "a number is needed here, such as 2.5 or pi/2"
COMMA = re.compile(r"[-+]?[0-9]+,[0-9]*")
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


def number_of(name: str, answer: str, known: Known | None = None) -> float:
    """The number of an answer.

    Raises:
        InputError: it is none.
    """
    found = checked(answer, known)
    if found.value is None:
        raise InputError(f"`{name}` takes a number, not `{answer:.60}`", hint=found.said)
    return finite(name, found.value)


def checked(answer: str, known: Known | None = None) -> Checked:
    """Is an answer a number, the beginning of one, or wrong?

    Args:
        answer: what is typed so far.
        known: what it may be computed from.
    """
    answer = answer.strip()
    known = {
        name: value for name, value in (known or {}).items() if not isinstance(value, bool) and math.isfinite(value)
    }
    given = _given(answer, known)
    if _is_number(answer, given):
        return _value(answer, given)
    if COMMA.fullmatch(answer):
        return Checked(Status.WRONG, f"a number has a decimal point, not a comma: {answer.replace(',', '.')}")
    if _may_become(answer, given, known):
        return Checked(Status.UNFINISHED, f"`{answer}` is not finished; {NEEDED}")
    return Checked(Status.WRONG, NEEDED)


def _given(answer: str, known: Known) -> str:
    """The lines that give the names in an answer their values."""
    used = dict.fromkeys(word.text for word in words(answer) if word.kind in ("name", "soft"))
    return "".join(f"{name} = {number(float(known[name]))}\n" for name in used if name in known)


def _value(answer: str, given: str) -> Checked:
    """The value of one expression; where it has none (`1/0`), more keys may still help (`1/0.5`)."""
    outcome = Session(limits=LIMITS).run(given + answer)
    shown = [each for each in outcome.shown if isinstance(each, Shown)]
    if outcome.error is not None or not shown:
        said = outcome.error.message if outcome.error is not None else NEEDED
        return Checked(Status.UNFINISHED, said)
    value = shown[0].values[0]
    return Checked(Status.WRONG, NEEDED) if isinstance(value, bool) else Checked(Status.FINE, "", float(value))


def _is_number(text: str, given: str = "") -> bool:
    """Is it one expression that a program may hold?"""
    try:
        body = prepare(Source(given + text), LIMITS).checked.program.body
    except AdError:
        return False
    last = body[-1] if len(body) == given.count("\n") + 1 else None
    return isinstance(last, tree.Show) and len(last.values) == 1


def _may_become(text: str, given: str, known: Known) -> bool:
    """Could more keys make a number of it?"""
    pieces = words(text)
    if not pieces:
        return False
    last = pieces[-1]
    if last.kind == "name" and any(name.startswith(last.text) for name in (*built_in(), *CONSTANTS, *known)):
        text = text[: last.start] + "pi"  # `sq` may become `sqrt(2)`, and that stands wherever a constant may
    signs = [piece.text for piece in pieces]
    close = ")" * (signs.count("(") - signs.count(")"))
    return any(_is_number(text + ending + close, given) for ending in ENDINGS)
