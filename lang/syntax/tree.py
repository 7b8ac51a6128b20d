"""The shape of a program: what the parser builds, what the checker reads, what `unparse` prints.

Law: a node is a fact about the text: its parts and its span. No node knows any mathematics. An operator, a call and
a function of the table are one node, `Apply`, so a walk over expressions has one case for all of them.

Trees may be 10,000 levels deep, so no walk over them recurses; `lang.syntax.walk` has the walks. For the same reason
nodes compare by identity; `walk.same` compares two trees by their content.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lang.source import Source, Span

# --- expressions ------------------------------------------------------------------------------------------------


class Part:
    """Tells what it holds, as a dataclass does; one method for all kinds, for each would cost a start 0.1 ms."""

    __slots__ = ()

    def __repr__(self) -> str:
        names = self.__dataclass_fields__  # type: ignore[attr-defined]
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in names)})"


@dataclass(slots=True, eq=False, repr=False)
class Number(Part):
    """`2`, `.5`, `1e-3`, `1_000`: `text` is what the user wrote."""

    value: float
    text: str
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class Name(Part):
    """A name where a value is read."""

    name: str
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class Apply(Part):
    """A function or operator on its arguments: `sin(x)`, `x * y`, `-x`; `function` is `sin`, `*`, `-`.

    `name_span` is where the function's name or the operator stands.
    """

    function: str
    arguments: tuple[Expression, ...]
    span: Span
    name_span: Span


@dataclass(slots=True, eq=False, repr=False)
class Derivative(Part):
    """`f'(x)`, `f''(x)`, `f'[x, y](x, y)`: the call of a derivative of `function`.

    `primes` counts the quotes; `by` holds the names in the brackets, empty without brackets.
    """

    function: str
    primes: int
    by: tuple[Name, ...]
    arguments: tuple[Expression, ...]
    span: Span
    name_span: Span


@dataclass(slots=True, eq=False, repr=False)
class Compare(Part):
    """`a < b`, or a chain `a < b <= c`: one operator fewer than operands."""

    operators: tuple[str, ...]
    operands: tuple[Expression, ...]
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class Logic(Part):
    """`a and b`, `a or b` (two operands), `not a` (one)."""

    operator: str
    operands: tuple[Expression, ...]
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class Choice(Part):
    """`then if condition else otherwise`."""

    condition: Expression
    then: Expression
    otherwise: Expression
    span: Span


Expression = Number | Name | Apply | Derivative | Compare | Logic | Choice

# --- statements -------------------------------------------------------------------------------------------------

Block = tuple["Statement", ...]


@dataclass(slots=True, eq=False, repr=False)
class Input(Part):
    """`x = ?` or `x = ? 1.5`."""

    target: Name
    default: Expression | None
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class Assign(Part):
    """`a = expr`, `p, q = expr, expr`, `p, q = f(x)`; with `operator` (`+`, `**`, ...) an augmented `a += expr`.

    `origins` are the places of the statements that a translation made it from.
    """

    targets: tuple[Name, ...]
    operator: str | None
    values: tuple[Expression, ...]
    span: Span
    origins: tuple[Span, ...] = ()


@dataclass(slots=True, eq=False, repr=False)
class Show(Part):
    """An expression (or several, with commas) standing alone: it shows its value."""

    values: tuple[Expression, ...]
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class Function(Part):
    """`f(x) = expr` (`short`) or `def f(x):` with a block. A short one's body is a single `Return`."""

    name: Name
    parameters: tuple[Name, ...]
    body: Block
    short: bool
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class Return(Part):
    """`return a, b`."""

    values: tuple[Expression, ...]
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class If(Part):
    """`if`/`elif` branches in order, each a condition and a block; `otherwise` is None without an `else`."""

    branches: tuple[tuple[Expression, Block], ...]
    otherwise: Block | None
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class While(Part):
    """`while condition:` and its block."""

    condition: Expression
    body: Block
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class For(Part):
    """`for i in range(...)`: one to three bounds."""

    target: Name
    bounds: tuple[Expression, ...]
    body: Block
    span: Span


RULE_CLAUSES = ("domain", "kink", "vertical", "fixed", "lecture")
"""The words of a rule's clauses, in the order they stand in."""


@dataclass(slots=True, eq=False, repr=False)
class Clause(Part):
    """A rule's clause: one of `RULE_CLAUSES`, with its condition or expression."""

    word: str
    value: Expression
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class Rule(Part):
    """`c = f(a, b) => dc = expr`, with the clauses that may follow; `left` is the call or operation on plain names."""

    result: Name
    left: Expression
    differential: Name
    right: Expression
    clauses: tuple[Clause, ...]
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class Alias(Part):
    """`alias ln log`, in the rules' file only."""

    new: str
    old: str
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class Setting(Part):
    """`x = 2` inside a clause `at` or `along`; `value` None is an open `?`."""

    name: Name
    value: Expression | None
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class Command(Part):
    """`verb targets clauses`, e.g. `grad z wrt x, y at x = 2`. `by` and `as_` are None where not given."""

    verb: Name
    targets: tuple[Name, ...]
    wrt: tuple[Name, ...]
    at: tuple[Setting, ...]
    along: tuple[Setting, ...]
    by: Name | None
    as_: Name | None
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class Push(Part):
    """`push v`: save a value on a stack; `push2 v` on the second stack, and so on."""

    value: Expression
    stack: int
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class Pop(Part):
    """`v = pop()`: take back the value saved last; `pop2()` from the second stack, and so on."""

    target: Name
    stack: int
    span: Span


Statement = Push | Pop | Input | Assign | Show | Function | Return | If | While | For | Rule | Alias | Command
Node = Expression | Statement | Clause | Setting


@dataclass(slots=True, eq=False, repr=False)
class Program(Part):
    """A whole text: its statements, and its comments as (span of `# ...`) for the formatter."""

    body: Block
    source: Source
    comments: tuple[Span, ...] = field(default=())
