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

from lang.fact import Fact
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


class Operation(Fact):
    """`target = primitive(arguments)`."""

    __slots__ = __match_args__ = ("target", "primitive", "arguments", "span")

    def __init__(self, target: str, primitive: Primitive, arguments: tuple[Operand, ...], span: Span) -> None:
        self.target, self.primitive, self.arguments = target, primitive, arguments
        self.span = span


class Comparison(Fact):
    """`target = left < right`: a boolean."""

    __slots__ = __match_args__ = ("target", "operator", "left", "right", "span")

    def __init__(self, target: str, operator: str, left: Operand, right: Operand, span: Span) -> None:
        self.target, self.operator, self.left = target, operator, left
        self.right, self.span = right, span


class Negation(Fact):
    """`target = not source`."""

    __slots__ = __match_args__ = ("target", "source", "span")

    def __init__(self, target: str, source: Operand, span: Span) -> None:
        self.target, self.source, self.span = target, source, span


class Copy(Fact):
    """`target = source`."""

    __slots__ = __match_args__ = ("target", "source", "span")

    def __init__(self, target: str, source: Operand, span: Span) -> None:
        self.target, self.source, self.span = target, source, span


class Require(Fact):
    """Stop unless a name has a value, and (with `kind` number or boolean) one of that kind."""

    __slots__ = __match_args__ = ("name", "kind", "span")

    def __init__(self, name: str, kind: str, span: Span) -> None:
        self.name, self.kind, self.span = name, kind, span


class Input(Fact):
    """`target = ?`: data enters."""

    __slots__ = __match_args__ = ("target", "default", "node", "span")

    def __init__(self, target: str, default: Operand | None, node: tree.Input, span: Span) -> None:
        self.target, self.default, self.node = target, default, node
        self.span = span


class Call(Fact):
    """`targets = function(arguments)`; with `by`, its derivative by these parameters (indices), one after another."""

    __slots__ = __match_args__ = ("targets", "function", "arguments", "by", "span")

    def __init__(
        self, targets: tuple[str, ...], function: str, arguments: tuple[Operand, ...], by: tuple[int, ...], span: Span
    ) -> None:
        self.targets, self.function, self.arguments = targets, function, arguments
        self.by, self.span = by, span


class PrimitiveDerivative(Fact):
    """`target = sin'(x)`: the derivative of a primitive by its operands `by` (indices), one after another."""

    __slots__ = __match_args__ = ("target", "primitive", "arguments", "by", "span")

    def __init__(
        self, target: str, primitive: Primitive, arguments: tuple[Operand, ...], by: tuple[int, ...], span: Span
    ) -> None:
        self.target, self.primitive, self.arguments = target, primitive, arguments
        self.by, self.span = by, span


class Push(Fact):
    """Save a value on a stack."""

    __slots__ = __match_args__ = ("source", "stack", "span")

    def __init__(self, source: Operand, stack: int, span: Span) -> None:
        self.source, self.stack, self.span = source, stack, span


class Pop(Fact):
    """`target` takes back the value saved last on a stack."""

    __slots__ = __match_args__ = ("target", "stack", "span")

    def __init__(self, target: str, stack: int, span: Span) -> None:
        self.target, self.stack, self.span = target, stack, span


class Return(Fact):
    """The end of a function: what the call gives."""

    __slots__ = __match_args__ = ("values", "span")

    def __init__(self, values: tuple[Operand, ...], span: Span) -> None:
        self.values, self.span = values, span


class Show(Fact):
    """An expression stood alone: show its value. `text` is what stood there."""

    __slots__ = __match_args__ = ("values", "text", "span")

    def __init__(self, values: tuple[Operand, ...], text: str, span: Span) -> None:
        self.values, self.text, self.span = values, text, span


class Define(Fact):
    """A function takes its meaning (again), or is given its derivative rule; `node` is the statement that says so."""

    __slots__ = __match_args__ = ("procedure", "node", "span")

    def __init__(self, procedure: Procedure, node: tree.Function | tree.Rule, span: Span) -> None:
        self.procedure, self.node, self.span = procedure, node, span


class Mark(Fact):
    """A name was just assigned that derivatives are asked by: its new value may become a variable of its own."""

    __slots__ = __match_args__ = ("name", "span")

    def __init__(self, name: str, span: Span) -> None:
        self.name, self.span = name, span


class Ask(Fact):
    """A command: `grad z wrt x`. `settings` holds the operands of its `at` and `along`, in the order of the tree."""

    __slots__ = __match_args__ = ("command", "settings", "span")

    def __init__(self, command: tree.Command, settings: tuple[Operand | None, ...], span: Span) -> None:
        self.command, self.settings, self.span = command, settings, span


class Arm(Fact):
    """One branch of an `If`: the steps that compute the condition, the condition, the body.

    `test` is the condition as the program wrote it, where it wrote one.
    """

    __slots__ = __match_args__ = ("setup", "condition", "body", "test")

    def __init__(self, setup: Block, condition: Operand, body: Block, test: tree.Expression | None = None) -> None:
        self.setup, self.condition, self.body = setup, condition, body
        self.test = test


class If(Fact):
    """The body of the first arm whose condition holds, else `otherwise`."""

    __slots__ = __match_args__ = ("arms", "otherwise", "span")

    def __init__(self, arms: list[Arm], otherwise: Block, span: Span) -> None:
        self.arms, self.otherwise, self.span = arms, otherwise, span


class While(Fact):
    """`setup` computes the condition anew before each turn; `test` is the condition as the program wrote it."""

    __slots__ = __match_args__ = ("setup", "condition", "body", "test", "span")

    def __init__(self, setup: Block, condition: Operand, body: Block, test: tree.Expression, span: Span) -> None:
        self.setup, self.condition, self.body = setup, condition, body
        self.test, self.span = test, span


class For(Fact):
    """`for target in range(start, stop, stride)`; the bounds are whole numbers."""

    __slots__ = __match_args__ = ("target", "start", "stop", "stride", "body", "span")

    def __init__(self, target: str, start: Operand, stop: Operand, stride: Operand, body: Block, span: Span) -> None:
        self.target, self.start, self.stop = target, start, stop
        self.stride, self.body, self.span = stride, body, span


_Computing = Operation | Comparison | Negation | Copy | Require | Input | Call | PrimitiveDerivative | Push | Pop
Step = _Computing | Return | Show | Define | Mark | Ask | If | While | For
Block = list[Step]


class UserRule(Fact):
    """The derivative rule a program gave for one of its functions.

    `reads` are names of the program in its right side, `heads` the parameters of the program's functions; `variants`
    keeps what was lowered from it.
    """

    __match_args__ = ("result", "parameters", "right", "fixed", "reads", "heads", "span", "source")
    __slots__ = (*__match_args__, "variants")

    def __init__(
        self,
        result: str,
        parameters: tuple[str, ...],
        right: tree.Expression,
        fixed: frozenset[str],
        reads: tuple[str, ...],
        heads: Mapping[str, tuple[str, ...]],
        span: Span,
        source: Source,
    ) -> None:
        self.result, self.parameters, self.right = result, parameters, right
        self.fixed, self.reads, self.heads = fixed, reads, heads
        self.span, self.source = span, source
        self.variants: dict[tuple[str, tuple[int, ...]], Procedure | None] = {}

    @property
    def differentials(self) -> tuple[str, ...]:
        """The d-name of each parameter."""
        return tuple("d" + name for name in self.parameters)


class Procedure(Fact):
    """A function as steps; a program's own statements are one without parameters.

    Attributes:
        reads: names of the program that the body reads, as they stand at the call.
        results: how many values a call gives.
        rule: the user's derivative rule, None where its derivative comes from the body.
    """

    __slots__ = __match_args__ = ("name", "parameters", "body", "results", "reads", "source", "span", "rule")

    def __init__(
        self,
        name: str,
        parameters: tuple[str, ...],
        body: Block,
        results: int,
        reads: tuple[str, ...],
        source: Source,
        span: Span,
        rule: UserRule | None = None,
    ) -> None:
        self.name, self.parameters, self.body = name, parameters, body
        self.results, self.reads, self.source = results, reads, source
        self.span, self.rule = span, rule
