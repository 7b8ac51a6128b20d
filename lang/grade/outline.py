"""The statements of an exercise's program -> names in order, what moves, what is needed.

Law: nothing is computed here; a name that may move is one that moves.
"""

from __future__ import annotations

from collections.abc import Iterator

from lang.grade.exercise import ExerciseError
from lang.syntax import tree
from lang.transform.expressions import NOWHERE, mentions

Expression = tree.Expression


def right_sides(node: tree.Assign) -> tuple[Expression, ...]:
    """What each target is given; `a += b` gives `a + b`."""
    if node.operator is not None:
        left = tree.Name(node.targets[0].name, NOWHERE)
        return (tree.Apply(node.operator, (left, node.values[0]), NOWHERE, NOWHERE),)
    if len(node.values) != len(node.targets):
        raise ExerciseError("an exercise's program takes one result of a function at a time")
    return node.values


def flat(block: tree.Block | list[tree.Statement]) -> Iterator[tree.Statement]:
    """The statements of a block and of the blocks in it, in order; functions' bodies aside."""
    pending: list[tree.Statement] = list(reversed(block))
    while pending:
        node = pending.pop()
        yield node
        if isinstance(node, tree.If):
            pending.extend(reversed(node.otherwise or ()))
            for _, inner in reversed(node.branches):
                pending.extend(reversed(inner))
        elif isinstance(node, tree.While | tree.For):
            pending.extend(reversed(node.body))


def names_in_order(body: list[tree.Statement]) -> list[str]:
    found: dict[str, None] = {}
    for node in flat(body):
        if isinstance(node, tree.Input):
            found[node.target.name] = None
        elif isinstance(node, tree.Assign):
            found |= dict.fromkeys(each.name for each in node.targets)
    return list(found)


def active(body: list[tree.Statement], moved: set[str]) -> set[str]:
    """The names that ever depend on a name that moves."""
    active = set(moved)
    before = -1
    while len(active) != before:
        before = len(active)
        for node in flat(body):
            if isinstance(node, tree.Assign):
                sides = right_sides(node)
                active |= {
                    target.name for target, value in zip(node.targets, sides, strict=False) if active & mentions(value)
                }
    return active


def needed(statements: list[tree.Assign], of: set[str]) -> set[str]:
    """The names that the results are computed from."""
    needed = set(of)
    for node in reversed(statements):
        for target, value in zip(node.targets, right_sides(node), strict=False):
            if target.name in needed:
                needed |= mentions(value)
    return needed
