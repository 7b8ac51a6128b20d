"""What is inside a listing: its statements, the expressions in them, the names these read.

Law: what goes into blocks inside blocks does not recurse. An expression holds few operations (`listing.WIDEST`), so
what builds a new one may.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lang.clock import watched
from lang.export.listing import (
    Apply,
    Assign,
    Block,
    Derived,
    Expression,
    For,
    If,
    Input,
    Pop,
    Push,
    Return,
    Statement,
    Unpack,
    Use,
    While,
)

EXPORTING = "writing the program in another language"


def expressions_of(statement: Statement) -> tuple[Expression, ...]:
    """What a statement itself evaluates, before any block inside it; for a `While` nothing."""
    match statement:
        case Assign() | Push():
            return (statement.value,)
        case Unpack():
            return statement.value.arguments
        case Input():
            return () if statement.default is None else (statement.default,)
        case If():
            return (statement.branches[0].condition,)
        case For():
            return statement.bounds
        case Return():
            return statement.values
        case _:
            return ()


def blocks_of(statement: Statement) -> tuple[Block, ...]:
    """The blocks inside a statement."""
    match statement:
        case If():
            return (*(block for each in statement.branches for block in (each.setup, each.body)), statement.otherwise)
        case While():
            return (statement.setup, statement.body)
        case For():
            return (statement.body,)
        case _:
            return ()


def conditions_of(statement: Statement) -> tuple[Expression, ...]:
    """What a statement evaluates after a block inside it."""
    match statement:
        case If():
            return tuple(each.condition for each in statement.branches[1:])
        case While():
            return (statement.condition,)
        case _:
            return ()


def targets_of(statement: Statement) -> tuple[str, ...]:
    """The names that a statement itself gives a value."""
    match statement:
        case Input() | For():
            return (statement.target,)
        case Assign() | Pop():
            return (statement.target,) if statement.target else ()
        case Unpack():
            return statement.targets
        case _:
            return ()


def statements(block: Block) -> Iterator[Statement]:
    """Every statement of a block, blocks inside it included, in the order of the text."""
    pending = [watched(block, EXPORTING)]
    while pending:
        each = next(pending[-1], None)
        if each is None:
            pending.pop()
        else:
            yield each
            pending.extend(watched(inner, EXPORTING) for inner in reversed(blocks_of(each)))


def all_expressions(statement: Statement) -> Iterator[Expression]:
    """Every expression of a statement without its blocks, with every expression inside those."""
    whole = (statement.value,) if isinstance(statement, Unpack) else expressions_of(statement)
    pending: list[Expression] = [*whole, *conditions_of(statement)]
    while pending:
        each = pending.pop()
        yield each
        if not isinstance(each, str | float | bool):
            pending.extend(each.arguments)


def names_in(expression: Expression) -> Iterator[str]:
    """Every name that an expression reads, as often as it does."""
    pending = [expression]
    while pending:
        each = pending.pop()
        if isinstance(each, str):
            yield each
        elif not isinstance(each, float | bool):
            pending.extend(each.arguments)


def weight(expression: Expression) -> int:
    """How many operations stand in an expression."""
    count, pending = 0, [expression]
    while pending:
        each = pending.pop()
        if not isinstance(each, str | float | bool):
            count += 1
            pending.extend(each.arguments)
    return count


def replaced(expression: Expression, change: Callable[[str], Expression]) -> Expression:
    """An expression with its names changed."""
    match expression:
        case str():
            return change(expression)
        case Apply():
            inner = tuple(replaced(each, change) for each in expression.arguments)
            return Apply(expression.function, inner, expression.span, expression.source)
        case Use():
            return Use(expression.routine, tuple(replaced(each, change) for each in expression.arguments))
        case Derived():
            inner = tuple(replaced(each, change) for each in expression.arguments)
            return Derived(expression.function, inner, expression.span, expression.source)
        case _:
            return expression


def rewrite(statement: Statement, change: Callable[[Expression], Expression]) -> None:
    """Change every expression of a statement, those of blocks inside it left out."""
    match statement:
        case Assign() | Push():
            statement.value = change(statement.value)
        case Unpack():
            statement.value.arguments = tuple(map(change, statement.value.arguments))
        case Input() if statement.default is not None:
            statement.default = change(statement.default)
        case If():
            for each in statement.branches:
                each.condition = change(each.condition)
        case While():
            statement.condition = change(statement.condition)
        case For():
            start, stop, stride = map(change, statement.bounds)
            statement.bounds = (start, stop, stride)
        case Return():
            statement.values = tuple(map(change, statement.values))
        case _:
            pass
