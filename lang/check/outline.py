"""Statements -> what they assign and define, without looking into expressions.

Law: nothing is scanned twice. A function's body and an outermost loop are scanned once, where the walk
enters them; the whole text is scanned when somebody first asks what comes further down.
"""

from __future__ import annotations

from collections.abc import Iterator

from lang.source import Span
from lang.syntax import tree


def assigned(body: tree.Block) -> Iterator[tree.Name]:
    """Every place where statements give a name a value, in the order of the text; functions' bodies aside."""
    pending: list[tree.Statement] = list(reversed(body))
    while pending:
        node = pending.pop()
        if isinstance(node, tree.Assign):
            yield from node.targets
        elif isinstance(node, tree.Input | tree.Pop):
            yield node.target
        elif isinstance(node, tree.If):
            pending.extend(reversed(node.otherwise or ()))
            for _, block in reversed(node.branches):
                pending.extend(reversed(block))
        elif isinstance(node, tree.While | tree.For):
            if isinstance(node, tree.For):
                yield node.target
            pending.extend(reversed(node.body))


class Outline:
    """What a whole text assigns and defines at its top level.

    Attributes:
        names: each name's first place.
        functions: each function's definitions.
    """

    def __init__(self, body: tree.Block) -> None:
        self.names: dict[str, Span] = {}
        self.functions: dict[str, list[tree.Function]] = {}
        for name in assigned(body):
            self.names.setdefault(name.name, name.span)
        for node in body:
            if isinstance(node, tree.Function):
                self.functions.setdefault(node.name.name, []).append(node)


def results_of(body: tree.Block) -> int:
    """How many values the first `return` at the end of a body gives; 1 where there is none."""
    pending = [body]
    while pending:
        last = pending.pop()[-1]
        if isinstance(last, tree.Return):
            return len(last.values)
        if isinstance(last, tree.If):
            pending.extend(block for _, block in reversed(last.branches))
    return 1


def endings(body: tree.Block) -> tuple[set[int], set[int]]:
    """By `id`: the returns that end a function, and the statements where a path ends without one."""
    returns: set[int] = set()
    open_ends: set[int] = set()
    pending = [body]
    while pending:
        last = pending.pop()[-1]
        if isinstance(last, tree.Return):
            returns.add(id(last))
            continue
        if not isinstance(last, tree.If) or last.otherwise is None:
            open_ends.add(id(last))
        if isinstance(last, tree.If):
            pending.extend(block for _, block in last.branches)
            if last.otherwise is not None:
                pending.append(last.otherwise)
    return returns, open_ends
