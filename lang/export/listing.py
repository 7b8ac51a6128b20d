"""What an exported program is made of: the steps again, but with expressions, as the three languages have them.

Law: everything here can be written in Python, C and JavaScript alike, one construct for one construct. An operator, a
comparison, `and`, a choice and a function of the table are one node, `Apply`; a call of a function of the program is
`Use`. An operand is a name (str) or a constant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from lang.source import Source, Span

WIDEST = 12
"""The most operations that stand in one expression; what is wider keeps its temporaries."""


@dataclass(slots=True, eq=False)
class Apply:
    """A function on its arguments: `+`, `sin`, `<`, `and`, `not`; `where` for a choice (condition, then, else)."""

    function: str
    arguments: tuple[Expression, ...]
    span: Span
    source: Source | None


@dataclass(slots=True, eq=False)
class Use:
    """A call of a function of the program."""

    routine: Routine
    arguments: tuple[Expression, ...]


@dataclass(slots=True, eq=False)
class Derived:
    """A call of a derivative, `f'(x)`: an error where it is still there when the text is written."""

    function: str
    arguments: tuple[Expression, ...]
    span: Span
    source: Source


Expression = str | float | bool | Apply | Use | Derived


@dataclass(slots=True, eq=False)
class Assign:
    """`target = value`."""

    target: str
    value: Expression


@dataclass(slots=True, eq=False)
class Unpack:
    """`p, q = f(x)`."""

    targets: tuple[str, ...]
    value: Use | Derived


@dataclass(slots=True, eq=False)
class Input:
    """`target = ? default`."""

    target: str
    default: Expression | None


@dataclass(slots=True, eq=False)
class Push:
    """Save a value on a stack."""

    stack: str
    value: Expression


@dataclass(slots=True, eq=False)
class Pop:
    """Take the last value from a stack; an empty target lets it go."""

    target: str
    stack: str


@dataclass(slots=True, eq=False)
class Branch:
    """A condition, what must run before it, and what runs where it holds."""

    setup: Block
    condition: Expression
    body: Block


@dataclass(slots=True, eq=False)
class If:
    """The body of the first branch whose condition holds, else `otherwise`."""

    branches: list[Branch]
    otherwise: Block
    span: Span


@dataclass(slots=True, eq=False)
class While:
    """`setup` and the condition are evaluated before each turn."""

    setup: Block
    condition: Expression
    body: Block
    span: Span


@dataclass(slots=True, eq=False)
class For:
    """`for target in range(start, stop, stride)`, the target a double."""

    target: str
    bounds: tuple[Expression, Expression, Expression]
    body: Block
    span: Span


@dataclass(slots=True, eq=False)
class Return:
    """The end of a function."""

    values: tuple[Expression, ...]


Statement = Assign | Unpack | Input | Push | Pop | If | While | For | Return
Block = list[Statement]


@dataclass(slots=True, eq=False)
class Routine:
    """A function to be written, or the program itself.

    Attributes:
        parameters: its own, then the names of the program that it or what it calls reads.
        stacks: the stacks that it or what it calls pushes on.
        results: how many values it gives; the program itself has 0.
    """

    name: str
    parameters: tuple[str, ...]
    stacks: tuple[str, ...]
    results: int
    source: Source
    span: Span
    body: Block = field(default_factory=list)


# --- walking --------------------------------------------------------------------------------------------------------


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
        case Assign() | Input() | For():
            return (statement.target,)
        case Pop():
            return (statement.target,) if statement.target else ()
        case Unpack():
            return statement.targets
        case _:
            return ()


def walk(block: Block) -> Iterator[Statement]:
    """Every statement of a block, blocks inside it included, in the order of the text."""
    pending = [iter(block)]
    while pending:
        each = next(pending[-1], None)
        if each is None:
            pending.pop()
        else:
            yield each
            pending.extend(iter(inner) for inner in reversed(blocks_of(each)))


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
