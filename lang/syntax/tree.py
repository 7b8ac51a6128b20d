"""The shape of a program: what the parser builds, what the checker reads, what `unparse` prints.

Law: a node is a fact about the text: its parts and its span. No node knows any mathematics. An operator, a call and
a function of the table are one node, `Apply`, so a walk over expressions has one case for all of them.

Trees may be 10,000 levels deep, so no walk over them recurses; `lang.syntax.walk` has the walks. For the same reason
nodes compare by identity; `walk.same` compares two trees by their content.
"""

from __future__ import annotations

from lang.fact import Fact
from lang.source import Source, Span

# --- expressions ------------------------------------------------------------------------------------------------


class Number(Fact):
    """`2`, `.5`, `1e-3`, `1_000`: `text` is what the user wrote."""

    __slots__ = __match_args__ = ("value", "text", "span")

    def __init__(self, value: float, text: str, span: Span) -> None:
        self.value, self.text, self.span = value, text, span


class Name(Fact):
    """A name where a value is read."""

    __slots__ = __match_args__ = ("name", "span")

    def __init__(self, name: str, span: Span) -> None:
        self.name, self.span = name, span


class Apply(Fact):
    """A function or operator on its arguments: `sin(x)`, `x * y`, `-x`; `function` is `sin`, `*`, `-`.

    `name_span` is where the function's name or the operator stands.
    """

    __slots__ = __match_args__ = ("function", "arguments", "span", "name_span")

    def __init__(self, function: str, arguments: tuple[Expression, ...], span: Span, name_span: Span) -> None:
        self.function, self.arguments, self.span = function, arguments, span
        self.name_span = name_span


class Derivative(Fact):
    """`f'(x)`, `f''(x)`, `f'[x, y](x, y)`: the call of a derivative of `function`.

    `primes` counts the quotes; `by` holds the names in the brackets, empty without brackets.
    """

    __slots__ = __match_args__ = ("function", "primes", "by", "arguments", "span", "name_span")

    def __init__(
        self,
        function: str,
        primes: int,
        by: tuple[Name, ...],
        arguments: tuple[Expression, ...],
        span: Span,
        name_span: Span,
    ) -> None:
        self.function, self.primes, self.by = function, primes, by
        self.arguments, self.span, self.name_span = arguments, span, name_span


class Compare(Fact):
    """`a < b`, or a chain `a < b <= c`: one operator fewer than operands."""

    __slots__ = __match_args__ = ("operators", "operands", "span")

    def __init__(self, operators: tuple[str, ...], operands: tuple[Expression, ...], span: Span) -> None:
        self.operators, self.operands, self.span = operators, operands, span


class Logic(Fact):
    """`a and b`, `a or b` (two operands), `not a` (one)."""

    __slots__ = __match_args__ = ("operator", "operands", "span")

    def __init__(self, operator: str, operands: tuple[Expression, ...], span: Span) -> None:
        self.operator, self.operands, self.span = operator, operands, span


class Choice(Fact):
    """`then if condition else otherwise`."""

    __slots__ = __match_args__ = ("condition", "then", "otherwise", "span")

    def __init__(self, condition: Expression, then: Expression, otherwise: Expression, span: Span) -> None:
        self.condition, self.then, self.otherwise = condition, then, otherwise
        self.span = span


Expression = Number | Name | Apply | Derivative | Compare | Logic | Choice

# --- statements -------------------------------------------------------------------------------------------------

Block = tuple["Statement", ...]


class Input(Fact):
    """`x = ?` or `x = ? 1.5`."""

    __slots__ = __match_args__ = ("target", "default", "span")

    def __init__(self, target: Name, default: Expression | None, span: Span) -> None:
        self.target, self.default, self.span = target, default, span


class Assign(Fact):
    """`a = expr`, `p, q = expr, expr`, `p, q = f(x)`; with `operator` (`+`, `**`, ...) an augmented `a += expr`.

    `origins` are the places of the statements that a translation made it from.
    """

    __slots__ = __match_args__ = ("targets", "operator", "values", "span", "origins")

    def __init__(
        self,
        targets: tuple[Name, ...],
        operator: str | None,
        values: tuple[Expression, ...],
        span: Span,
        origins: tuple[Span, ...] = (),
    ) -> None:
        self.targets, self.operator, self.values = targets, operator, values
        self.span, self.origins = span, origins


class Show(Fact):
    """An expression (or several, with commas) standing alone: it shows its value."""

    __slots__ = __match_args__ = ("values", "span")

    def __init__(self, values: tuple[Expression, ...], span: Span) -> None:
        self.values, self.span = values, span


class Function(Fact):
    """`f(x) = expr` (`short`) or `def f(x):` with a block. A short one's body is a single `Return`."""

    __slots__ = __match_args__ = ("name", "parameters", "body", "short", "span")

    def __init__(self, name: Name, parameters: tuple[Name, ...], body: Block, short: bool, span: Span) -> None:
        self.name, self.parameters, self.body = name, parameters, body
        self.short, self.span = short, span


class Return(Fact):
    """`return a, b`."""

    __slots__ = __match_args__ = ("values", "span")

    def __init__(self, values: tuple[Expression, ...], span: Span) -> None:
        self.values, self.span = values, span


class If(Fact):
    """`if`/`elif` branches in order, each a condition and a block; `otherwise` is None without an `else`."""

    __slots__ = __match_args__ = ("branches", "otherwise", "span")

    def __init__(self, branches: tuple[tuple[Expression, Block], ...], otherwise: Block | None, span: Span) -> None:
        self.branches, self.otherwise, self.span = branches, otherwise, span


class While(Fact):
    """`while condition:` and its block."""

    __slots__ = __match_args__ = ("condition", "body", "span")

    def __init__(self, condition: Expression, body: Block, span: Span) -> None:
        self.condition, self.body, self.span = condition, body, span


class For(Fact):
    """`for i in range(...)`: one to three bounds."""

    __slots__ = __match_args__ = ("target", "bounds", "body", "span")

    def __init__(self, target: Name, bounds: tuple[Expression, ...], body: Block, span: Span) -> None:
        self.target, self.bounds, self.body = target, bounds, body
        self.span = span


RULE_CLAUSES = ("domain", "kink", "vertical", "fixed", "lecture")
"""The words of a rule's clauses, in the order they stand in."""


class Clause(Fact):
    """A rule's clause: one of `RULE_CLAUSES`, with its condition or expression."""

    __slots__ = __match_args__ = ("word", "value", "span")

    def __init__(self, word: str, value: Expression, span: Span) -> None:
        self.word, self.value, self.span = word, value, span


class Rule(Fact):
    """`c = f(a, b) => dc = expr`, with the clauses that may follow; `left` is the call or operation on plain names."""

    __slots__ = __match_args__ = ("result", "left", "differential", "right", "clauses", "span")

    def __init__(
        self,
        result: Name,
        left: Expression,
        differential: Name,
        right: Expression,
        clauses: tuple[Clause, ...],
        span: Span,
    ) -> None:
        self.result, self.left, self.differential = result, left, differential
        self.right, self.clauses, self.span = right, clauses, span


class Alias(Fact):
    """`alias ln log`, in the rules' file only."""

    __slots__ = __match_args__ = ("new", "old", "span")

    def __init__(self, new: str, old: str, span: Span) -> None:
        self.new, self.old, self.span = new, old, span


class Setting(Fact):
    """`x = 2` inside a clause `at` or `along`; `value` None is an open `?`."""

    __slots__ = __match_args__ = ("name", "value", "span")

    def __init__(self, name: Name, value: Expression | None, span: Span) -> None:
        self.name, self.value, self.span = name, value, span


class Command(Fact):
    """`verb targets clauses`, e.g. `grad z wrt x, y at x = 2`. `by` and `as_` are None where not given."""

    __slots__ = __match_args__ = ("verb", "targets", "wrt", "at", "along", "by", "as_", "span")

    def __init__(
        self,
        verb: Name,
        targets: tuple[Name, ...],
        wrt: tuple[Name, ...],
        at: tuple[Setting, ...],
        along: tuple[Setting, ...],
        by: Name | None,
        as_: Name | None,
        span: Span,
    ) -> None:
        self.verb, self.targets, self.wrt = verb, targets, wrt
        self.at, self.along, self.by = at, along, by
        self.as_, self.span = as_, span


class Push(Fact):
    """`push v`: save a value on a stack; `push2 v` on the second stack, and so on."""

    __slots__ = __match_args__ = ("value", "stack", "span")

    def __init__(self, value: Expression, stack: int, span: Span) -> None:
        self.value, self.stack, self.span = value, stack, span


class Pop(Fact):
    """`v = pop()`: take back the value saved last; `pop2()` from the second stack, and so on."""

    __slots__ = __match_args__ = ("target", "stack", "span")

    def __init__(self, target: Name, stack: int, span: Span) -> None:
        self.target, self.stack, self.span = target, stack, span


Statement = Push | Pop | Input | Assign | Show | Function | Return | If | While | For | Rule | Alias | Command
Node = Expression | Statement | Clause | Setting


class Program(Fact):
    """A whole text: its statements, and its comments as (span of `# ...`) for the formatter."""

    __slots__ = __match_args__ = ("body", "source", "comments")

    def __init__(self, body: Block, source: Source, comments: tuple[Span, ...] = ()) -> None:
        self.body, self.source, self.comments = body, source, comments
