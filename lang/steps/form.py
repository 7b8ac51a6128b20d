"""What a step is: the flat form that both engines and both translations read.

Law: a step does one thing. Expressions of any depth are a list of operations on names and numbers, each with the span
of the source it came from; control flow is structured (`If`, `While`, `For`, `Call`), never a jump:

    z = x * y + sin(x)      t1 = x * y
                            t2 = sin(x)
                            z = t1 + t2

An operand is the name of a variable (str) or a constant (float, or bool for a condition that is one).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lang.rules import Primitive
from lang.source import Source, Span
from lang.syntax import tree

Operand = str | float | bool


class Temporary(str):
    """The name of an intermediate value that the program did not name."""

    __slots__ = ()


class Carried(Temporary):
    """An intermediate value that one step's block sets and a later step's block reads (in `a < b < c`)."""

    __slots__ = ()


class Snapshot(Temporary):
    """A copy of a name's value, made because `p, q = q, p` is about to overwrite the name; set once."""

    __slots__ = ()


class Hidden(str):
    """The name of a value that a command carries (`at x = 2 * y`); kept between runs, never the user's to see."""

    __slots__ = ()


@dataclass(slots=True, eq=False, repr=False)
class Operation(tree.Part):
    """`target = primitive(arguments)`."""

    target: str
    primitive: Primitive
    arguments: tuple[Operand, ...]
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class Comparison(tree.Part):
    """`target = left < right`: a boolean."""

    target: str
    operator: str
    left: Operand
    right: Operand
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class Negation(tree.Part):
    """`target = not source`."""

    target: str
    source: Operand
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class Copy(tree.Part):
    """`target = source`."""

    target: str
    source: Operand
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class Require(tree.Part):
    """Stop unless a name has a value, and (with `kind` number or boolean) one of that kind."""

    name: str
    kind: str
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class Input(tree.Part):
    """`target = ?`: data enters."""

    target: str
    default: Operand | None
    node: tree.Input
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class Call(tree.Part):
    """`targets = function(arguments)`; with `by`, its derivative by these parameters (indices), one after another."""

    targets: tuple[str, ...]
    function: str
    arguments: tuple[Operand, ...]
    by: tuple[int, ...]
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class PrimitiveDerivative(tree.Part):
    """`target = sin'(x)`: the derivative of a primitive by its operands `by` (indices), one after another."""

    target: str
    primitive: Primitive
    arguments: tuple[Operand, ...]
    by: tuple[int, ...]
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class Push(tree.Part):
    """Save a value on a stack."""

    source: Operand
    stack: int
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class Pop(tree.Part):
    """`target` takes back the value saved last on a stack."""

    target: str
    stack: int
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class Return(tree.Part):
    """The end of a function: what the call gives."""

    values: tuple[Operand, ...]
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class Show(tree.Part):
    """An expression stood alone: show its value. `text` is what stood there."""

    values: tuple[Operand, ...]
    text: str
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class Define(tree.Part):
    """A function takes its meaning (again), or is given its derivative rule; `node` is the statement that says so."""

    procedure: Procedure
    node: tree.Function | tree.Rule
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class Mark(tree.Part):
    """A name was just assigned that derivatives are asked by: its new value may become a variable of its own."""

    name: str
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class Ask(tree.Part):
    """A command: `grad z wrt x`. `settings` holds the operands of its `at` and `along`, in the order of the tree."""

    command: tree.Command
    settings: tuple[Operand | None, ...]
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class Arm(tree.Part):
    """One branch of an `If`: the steps that compute the condition, the condition, the body.

    `test` is the condition as the program wrote it, where it wrote one.
    """

    setup: Block
    condition: Operand
    body: Block
    test: tree.Expression | None = None


@dataclass(slots=True, eq=False, repr=False)
class If(tree.Part):
    """The body of the first arm whose condition holds, else `otherwise`."""

    arms: list[Arm]
    otherwise: Block
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class While(tree.Part):
    """`setup` computes the condition anew before each turn; `test` is the condition as the program wrote it."""

    setup: Block
    condition: Operand
    body: Block
    test: tree.Expression
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class For(tree.Part):
    """`for target in range(start, stop, stride)`; the bounds are whole numbers."""

    target: str
    start: Operand
    stop: Operand
    stride: Operand
    body: Block
    span: Span


Step = (
    Operation
    | Comparison
    | Negation
    | Copy
    | Require
    | Input
    | Call
    | PrimitiveDerivative
    | Push
    | Pop
    | Return
    | Show
    | Define
    | Mark
    | Ask
    | If
    | While
    | For
)
Block = list[Step]


@dataclass(slots=True, eq=False, repr=False)
class UserRule(tree.Part):
    """The derivative rule a program gave for one of its functions.

    `reads` are names of the program in its right side, `heads` the parameters of the program's functions; `variants`
    keeps what was lowered from it.
    """

    result: str
    parameters: tuple[str, ...]
    right: tree.Expression
    fixed: frozenset[str]
    reads: tuple[str, ...]
    heads: Mapping[str, tuple[str, ...]]
    span: Span
    source: Source
    variants: dict[tuple[str, tuple[int, ...]], Procedure | None] = field(default_factory=dict)

    @property
    def differentials(self) -> tuple[str, ...]:
        """The d-name of each parameter."""
        return tuple("d" + name for name in self.parameters)


@dataclass(slots=True, eq=False, repr=False)
class Procedure(tree.Part):
    """A function as steps; a program's own statements are one without parameters.

    Attributes:
        reads: names of the program that the body reads, as they stand at the call.
        results: how many values a call gives.
        rule: the user's derivative rule, None where its derivative comes from the body.
    """

    name: str
    parameters: tuple[str, ...]
    body: Block
    results: int
    reads: tuple[str, ...]
    source: Source
    span: Span
    rule: UserRule | None = None
