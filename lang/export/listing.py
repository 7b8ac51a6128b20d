"""What an exported program is made of: the steps again, but with expressions, as the three languages have them.

Law: everything here can be written in Python, C and JavaScript alike, one construct for one construct. An operator, a
comparison, `and`, a choice and a function of the table are one node, `Apply`; a call of a function of the program is
`Use`. An operand is a name (str) or a constant.
"""

from __future__ import annotations

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
    """`target = value`; without a target, a call that is made for what it saves."""

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
