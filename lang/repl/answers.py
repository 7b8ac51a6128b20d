"""An answer to `x = ` -> the number it stands for: digits, or an expression such as `pi/2`."""

from __future__ import annotations

from lang.evaluate.run import Shown
from lang.session import Session, finite


def number_of(name: str, answer: str) -> float:
    """The number of an answer.

    Raises:
        InputError: it is none.
    """
    outcome = Session().run(answer)
    values = [value for each in outcome.shown if isinstance(each, Shown) for value in each.values]
    return finite(name, values[0] if outcome.error is None and len(values) == 1 else answer)


def wrong(answer: str) -> str:
    """What is wrong with an answer; empty where it is a number."""
    outcome = Session().run(answer)
    if outcome.error is not None:
        return "a number is needed here, such as 2.5 or pi/2"
    values = [value for each in outcome.shown if isinstance(each, Shown) for value in each.values]
    return "" if len(values) == 1 and not isinstance(values[0], bool) else "one number is needed here"
