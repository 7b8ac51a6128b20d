"""A listing -> the same listing without what nothing reads.

Law: only what cannot be seen from outside goes: a value that no statement and no result reads, an `if` or a loop around
nothing. What uses a stack stays, and so does every `while`.
"""

from __future__ import annotations

from collections import Counter

from lang.clock import watched
from lang.export import listing, walk
from lang.export.listing import Expression
from lang.export.walk import EXPORTING, names_in


def without_dead(body: listing.Block, results: tuple[str, ...]) -> listing.Block:
    """The statements that matter for the results: those whose names something reads, and those that use a stack."""
    reads = Counter(results)
    for statement in walk.statements(body):
        reads.update(read_by(statement))
    while True:
        before = sum(reads.values())
        body = _sweep(body, reads)
        if sum(reads.values()) == before:
            return body


def read_by(statement: listing.Statement) -> list[str]:
    """The names that a statement itself reads, as often as it does."""
    direct = (*walk.expressions_of(statement), *walk.conditions_of(statement))
    return [name for each in direct for name in names_in(each)]


def _sweep(block: listing.Block, reads: Counter[str]) -> listing.Block:
    """One pass from the end; what it leaves out takes its reads with it."""
    kept: listing.Block = []
    for statement in watched(block[::-1], EXPORTING):
        match statement:
            case listing.If():
                statement.otherwise = _sweep(statement.otherwise, reads)
                for each in reversed(statement.branches):
                    each.body = _sweep(each.body, reads)
                    each.setup = _sweep(each.setup, reads)
            case listing.While() | listing.For():
                statement.body = _sweep(statement.body, reads)
                if isinstance(statement, listing.While):
                    statement.setup = _sweep(statement.setup, reads)
            case listing.Pop() if not reads[statement.target]:
                statement.target = ""
            case listing.Assign() if not reads[statement.target] and effective(statement.value):
                statement.target = ""  # the call saves, and that is all that is wanted of it
            case _:
                pass
        if _dead(statement, reads):
            reads.subtract(read_by(statement))
        else:
            kept.append(statement)
    return kept[::-1]


def _dead(statement: listing.Statement, reads: Counter[str]) -> bool:
    match statement:
        case listing.Assign(target=name, value=value) if name == value:
            return True
        case listing.Assign() | listing.Unpack():
            own = Counter(read_by(statement))
            unread = all(reads[name] == own[name] for name in walk.targets_of(statement))
            return unread and not effective(statement.value)
        case listing.If():
            return not any(walk.blocks_of(statement))
        case listing.For():
            return not statement.body and not reads[statement.target]
        case _:
            return False


def effective(value: Expression) -> bool:
    """Does it use a stack?"""
    return isinstance(value, listing.Use) and bool(value.routine.stacks)
