"""A plan -> the words at the head of its text: what goes in, what comes out, in order.

Law: only names and numbers stand in it, never a program's text, so nothing in it can end a comment.
"""

from __future__ import annotations

from lang.export.plan import Plan
from lang.syntax.unparse import number

WIDTH = 100


def header(plan: Plan, gives: str, notes: list[str]) -> list[str]:
    """The lines.

    Args:
        gives: how several results are given, e.g. "Gives a dictionary of".
        notes: what else is to be said.
    """
    inputs = []
    for each in plan.inputs:
        default = "" if each.default is None else f" (default {number(each.default)})"
        inputs.append(_spelled(each.name, plan.names.of(each.spelled)) + default)
    results = [_spelled(each, plan.names.of(each)) for each in plan.results]
    given = f"Gives {results[0]}." if len(results) == 1 else f"{gives} {', '.join(results)}."
    texts = ["A program of adlang.", f"Inputs: {', '.join(inputs) or 'none'}.", given, *notes]
    return [line for text in texts for line in _wrapped(text)]


def _spelled(name: str, written: str) -> str:
    return name if name == written else f"{name} (here `{written}`)"


def _wrapped(text: str) -> list[str]:
    lines = [""]
    for word in text.split(" "):
        if lines[-1] and len(lines[-1]) + len(word) >= WIDTH:
            lines.append("")
        lines[-1] += (" " if lines[-1] else "") + word
    return lines
