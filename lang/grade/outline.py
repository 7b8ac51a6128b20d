"""The statements of an exercise's program -> names in order, what moves, what is needed.

Law: nothing is computed here; a name that may move is one that moves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lang.grade.exercise import ExerciseError
from lang.syntax import tree
from lang.transform.expressions import NOWHERE, mentions

Expression = tree.Expression
Sides = Callable[[tree.Assign], tuple[Expression, ...]]
"""What each target of an assignment is given."""


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


def active(body: list[tree.Statement], moved: set[str], sides: Sides = right_sides) -> set[str]:
    """The names that ever depend on a name that moves."""
    active = set(moved)
    before = -1
    while len(active) != before:
        before = len(active)
        for node in flat(body):
            if isinstance(node, tree.Assign):
                given = zip(node.targets, sides(node), strict=False)
                active |= {target.name for target, value in given if active & mentions(value)}
    return active


def needed(statements: list[tree.Assign], of: set[str], sides: Sides = right_sides) -> set[str]:
    """The names that the results are computed from."""
    needed = set(of)
    for node in reversed(statements):
        for target, value in zip(node.targets, sides(node), strict=False):
            if target.name in needed:
                needed |= mentions(value)
    return needed


def assignments(body: list[tree.Statement]) -> Iterator[tuple[tree.Assign, bool]]:
    """Every assignment in the order of the text, and whether it stands in a loop."""
    pending = [(node, False) for node in reversed(body)]
    while pending:
        node, looped = pending.pop()
        if isinstance(node, tree.Assign):
            yield node, looped
        elif isinstance(node, tree.If):
            blocks = [inner for _, inner in node.branches] + [node.otherwise or ()]
            pending.extend((each, looped) for inner in reversed(blocks) for each in reversed(inner))
        elif isinstance(node, tree.While | tree.For):
            pending.extend((each, True) for each in reversed(node.body))
