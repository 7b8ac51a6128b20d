"""A function that a submission wrote for one of the exercise -> the line in it that is wrong.

Law: a function is an exercise of its own: the exercise's function is the program, the submission's is handed in, line
for line where it stands, and the same judge looks at it.

    f(a) = a * sin(a)           a = ?;  result = a * sin(a)
    def f(a, da):               a = ?;  da = ?
        s = sin(a)              s = sin(a)
        return a * s, da * s    result, dresult = a * s, da * s
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from lang.errors import AdError
from lang.grade.exercise import Exercise
from lang.grade.facts import WRONG, Finding, Verdict, first_wrong
from lang.grade.naming import FORWARD
from lang.grade.standard import Standard
from lang.source import Source
from lang.steps.reach import Reach
from lang.syntax import tree
from lang.syntax.unparse import unparse
from lang.syntax.walk import nodes
from lang.transform.expressions import NOWHERE
from lang.transform.names import Names, language_names, used_names

Judge = Callable[[Standard, str, str], Verdict]
"""(what is held against it, a submission's text, its name) -> what is right in it."""


def looked_into(
    finding: Finding, called: set[str], source: Source, body: tree.Block, standard: Standard, judge: Judge
) -> Finding:
    """A finding on the line in a function where the mistake is; the finding itself where none is found there.

    Args:
        finding: a line that is wrong.
        called: the functions that the line calls.
        source, body: the submission.
        standard: what it is held against.
        judge: who looks at the function.
    """
    if standard.exercise.backwards:
        return finding
    for own in body:
        if not isinstance(own, tree.Function) or own.name.name not in called:
            continue
        for asked in standard.functions:
            words = {asked.name.name, *(pattern.format(asked.name.name) for pattern in FORWARD)}
            moves = len(own.parameters) > len(asked.parameters)
            if moves and (own.name.name in words or len(standard.functions) == 1):
                found = _inside(own, asked, source, body, standard, judge)
                if found is not None:
                    return found
    return finding


def _inside(
    own: tree.Function,
    asked: tree.Function,
    source: Source,
    body: tree.Block,
    standard: Standard,
    judge: Judge,
) -> Finding | None:
    """The first wrong line of a function."""
    exercise, functions = standard.exercise, tuple(standard.functions)
    fresh = Names(used_names(body) | used_names(functions) | language_names())
    result, tangent = fresh.fresh("result"), fresh.fresh("dresult")
    inputs = tuple(tree.Input(each, None, NOWHERE) for each in asked.parameters)
    program = unparse((*_needed(asked, functions), *inputs, *_assigned(asked.body, result)))
    text = _handed_in(own, source, body, result, tangent)
    try:
        small = Exercise(exercise.title, "derivative", program, of=(result,), tolerance=exercise.tolerance)
        held = Standard(replace(small, samples=replace(exercise.samples, at=(), ranges={})))
        if tangent not in held.wanted.required:
            return None
        first = first_wrong(judge(held, text, source.name).findings)
    except AdError:
        return None
    if first is None or first.status != WRONG or not first.line:
        return None
    name = "" if first.name in (result, tangent) else first.name
    return replace(first, quantity=name or own.name.name, name=name or own.name.name, earns=False)


def _needed(asked: tree.Function, functions: tuple[tree.Function, ...]) -> tuple[tree.Function, ...]:
    """The functions that one calls, itself or by others, in their order."""
    known = {each.name.name: each for each in functions}

    def calls(function: tree.Function) -> list[str]:
        applied = (each for each in nodes(function.body) if isinstance(each, tree.Apply | tree.Derivative))
        return [each.function for each in applied if each.function in known]

    found = Reach(calls, lambda function: [known[name] for name in calls(function)]).of(asked)
    return tuple(each for each in functions if each.name.name in found)


def _assigned(body: tree.Block, result: str) -> tree.Block:
    """A function's body with its results assigned."""
    made: list[tree.Statement] = []
    for node in body:
        if isinstance(node, tree.Return):
            made.append(tree.Assign((tree.Name(result, NOWHERE),), None, node.values, node.span))
        elif isinstance(node, tree.If):
            arms = tuple((test, _assigned(inner, result)) for test, inner in node.branches)
            rest = None if node.otherwise is None else _assigned(node.otherwise, result)
            made.append(tree.If(arms, rest, node.span))
        else:
            made.append(node)
    return tuple(made)


def _handed_in(own: tree.Function, source: Source, body: tree.Block, result: str, tangent: str) -> str:
    """A function's lines as a program, each where it stands; the other functions stay."""
    text = source.text
    for end in reversed(list(_returns(own.body))):
        names = ", ".join((result, tangent)[-min(len(end.values), 2) :])
        start = end.values[0].span[0] if own.short else end.span[0] + len("return")
        text = text[: start if own.short else end.span[0]] + f"{names} = " + text[start:].lstrip(" ")
    lines = text.split("\n")
    kept = [""] * len(lines)
    for node in body:
        if isinstance(node, tree.Function) and node is not own:
            first, last = (source.position(at)[0] - 1 for at in node.span)
            kept[first : last + 1] = lines[first : last + 1]
    first, last = (source.position(at)[0] - 1 for at in own.span)
    asked = "; ".join(f"{each.name} = ?" for each in own.parameters)
    if own.short:
        kept[first] = f"{asked}; {lines[first].partition('=')[2].strip()}"
        return "\n".join(kept) + "\n"
    kept[first] = asked
    begin = source.position(own.body[0].span[0])
    for at in range(begin[0] - 1, last + 1):
        kept[at] = lines[at][begin[1] - 1 :] if not lines[at][: begin[1] - 1].strip() else lines[at].strip()
    return "\n".join(kept) + "\n"


def _returns(body: tree.Block) -> Iterator[tree.Return]:
    """The ends of a function, in the order of the text."""
    for node in body:
        if isinstance(node, tree.Return):
            yield node
        elif isinstance(node, tree.If):
            for _, inner in node.branches:
                yield from _returns(inner)
            yield from _returns(node.otherwise or ())


__all__ = ["looked_into"]
