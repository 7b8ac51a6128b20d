"""Functions that calls come back to -> written twice, so that a call of the machine does the work of several.

Law: what is computed is the same, in the same order; only how many calls of the machine it takes differs. LLVM puts no
function into itself, so it gets a copy, which calls it back and is put wherever the function calls itself:

    f: ... f_next ... f_next ...        f_next: ... f ... f ...

A short end behind the last choice of a function is written into its ways: what calls nothing is over at once then.
"""

from __future__ import annotations

from lang.backend.native.layout import STRUCTURED
from lang.backend.native.shape import STACK, Scope, Shape
from lang.steps import form
from lang.steps.walk import all_steps

SHORT = 8
"""Steps behind a choice that are written into each of its ways."""
WORTH = 250
"""Steps that functions which call each other may have with all copies in them; compiling them takes longer."""
MANY = 20
"""Functions of which it is not asked how they call each other."""
NEXT = "_next"
"""Stands behind the name of a function that calls come back to."""


def ending(steps: form.Block) -> form.Block:
    """The steps of a function with a short end in the ways of the last choice."""
    at = max((at for at, step in enumerate(steps) if isinstance(step, STRUCTURED)), default=-1)
    last, rest = steps[at] if at >= 0 else None, steps[at + 1 :]
    long = len(rest) > SHORT or any(isinstance(step, form.Call) for step in rest)
    if not isinstance(last, form.If) or not rest or long or not isinstance(rest[-1], form.Return):
        return steps
    arms = [form.Arm(arm.setup, arm.condition, _with(arm.body, rest), arm.test) for arm in last.arms]
    return [*steps[:at], form.If(arms, _with(last.otherwise, rest), last.span)]


def _with(way: form.Block, rest: form.Block) -> form.Block:
    """A way with the end behind it; what is required there is another question in each way."""
    own = [form.Require(step.name, step.kind, step.span) if isinstance(step, form.Require) else step for step in rest]
    return ending([*way, *own])


def find_copied(shape: Shape, depth: int) -> None:
    """Find the functions that are worth a copy; their scopes learn which go together (`cycle`).

    Args:
        depth: how many calls may stand inside each other.
    """
    if len(shape.functions) > MANY:
        return
    reached = {name: _reached(shape, name) for name in shape.functions}
    for number, (name, scope) in enumerate(shape.functions.items()):
        if name in reached[name] and scope.cycle is None:
            cycle = {each for each in reached[name] if name in reached[each]}
            for each in cycle if _worth(shape, cycle, depth) else ():
                shape.functions[each].cycle = number


def _reached(shape: Shape, name: str) -> set[str]:
    """The functions that a call of one may call."""
    found: set[str] = set()
    pending = [name]
    while pending:
        new = shape.functions[pending.pop()].calls - found
        found |= new
        pending.extend(new)
    return found


def _worth(shape: Shape, names: set[str], depth: int) -> bool:
    """Are functions that call each other short, and do they take little of the machine's stack with their copies?"""
    scopes = [shape.functions[name] for name in names]
    steps = [list(all_steps(scope.body)) for scope in scopes]
    calls = max(sum(isinstance(step, form.Call) and step.function in names for step in each) for each in steps)
    widest = max(len(scope.kinds) for scope in scopes)
    room = depth * (300 + 16 * widest * (1 + calls)) // 2
    whole = not any(scope.pieces for scope in scopes)
    return whole and sum(map(len, steps)) * (1 + calls) <= WORTH and room <= STACK


def written(text: str, scope: Scope) -> list[str]:
    """The text of a function, and of its copy if it has one; a name with `NEXT` in it is that of a copy."""
    if scope.cycle is None:
        return [text]
    head, _, rest = text.partition("(")
    line, _, lines = rest.partition("\n")
    copy = f"{head}{NEXT}({line.removesuffix('{')}alwaysinline {{\n{lines.replace(f'{NEXT}(', '(')}"
    return [text, copy]
