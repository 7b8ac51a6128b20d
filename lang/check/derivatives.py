"""`f'(x)`, `f''(x)`, `f'[x, y](x, y)` -> by which parameters, or the error that says why that is not clear.

Law: brackets name parameters. One prime with some names: by each once. Some primes with one name: that
often by it. As many primes as names: by each once. Without brackets there must be one parameter only.
"""

from __future__ import annotations

from lang.check import calls
from lang.check.desk import Desk, defined_mark
from lang.check.reading import builtin_heads
from lang.check.scope import Signature
from lang.check.suggest import nearest
from lang.check.words import count, either, quoted
from lang.errors import CheckError, Mark
from lang.rules import Primitive
from lang.syntax import tree


def derivative(desk: Desk, node: tree.Derivative, wanted: int) -> None:
    """Check the call of a derivative.

    Args:
        wanted: how many results are taken from it.
    """
    found = calls.resolve(desk, node)
    parameters = found.parameters
    primes = "'" * node.primes
    if not parameters:
        raise CheckError(
            f"`{node.function}` has no parameters to differentiate by",
            node.name_span,
            label="takes no values",
            marks=marks_of(found),
            hint="its derivative is 0: write `0`",
        )
    if not node.by and len(parameters) > 1:
        raise CheckError(
            f"`{node.function}` has {len(parameters)} parameters: by which one is this derivative?",
            node.name_span,
            label="no parameter named",
            marks=marks_of(found),
            hint=f"name it in brackets: `{node.function}{primes}[{parameters[0]}]({', '.join(parameters)})`",
        )
    for name in node.by:
        if name.name not in parameters:
            raise strange_parameter(desk, node, found, name)
    if len(node.by) > 1 and node.primes not in (1, len(node.by)):
        names = ", ".join(each.name for each in node.by)
        raise CheckError(
            f"{node.primes} primes and {len(node.by)} names do not say how often by which",
            (node.by[0].span[0], node.by[-1].span[1]),
            label=count(len(node.by), "name"),
            hint=f"with one prime it is by each name once: `{node.function}'[{names}](...)`",
        )
    by = tuple(each.name for each in node.by)
    allowed(node, found, by or parameters[:1])
    calls.take(desk, node, found, wanted, by)


def allowed(node: tree.Derivative, found: Signature | Primitive, by: tuple[str, ...]) -> None:
    """Raise unless a derivative by these parameters exists."""
    for index, name in enumerate(by):
        span = node.by[index].span if node.by else node.name_span
        discrete = found.discrete if isinstance(found, Primitive) else frozenset()
        if name in discrete or name in found.fixed:
            others = [each for each in found.parameters if each not in discrete | found.fixed]
            label = f"`{name}` is a condition" if name in discrete else f"its rule says `fixed {name}`"
            hint = f"differentiate by {either(quoted(others))}" if others else "give its value a name and use that"
            raise CheckError(
                f"`{node.function}` has no derivative by `{name}`",
                span,
                marks=marks_of(found),
                label=label,
                hint=hint,
            )


def strange_parameter(desk: Desk, node: tree.Derivative, found: Signature | Primitive, name: tree.Name) -> CheckError:
    """The error for a name in brackets that is no parameter."""
    guess = nearest(name.name, found.parameters)
    head = (
        found.head
        if not isinstance(found, Primitive)
        else next(each for each in builtin_heads(desk, node.function) if each.count(",") == found.arity - 1)
    )
    which = either(quoted(found.parameters), "and")
    hint = f"did you mean `{guess}`?" if guess else (f"the brackets name parameters of `{head}`: {which}")
    return CheckError(
        f"`{node.function}` has no parameter `{name.name}`",
        name.span,
        label=f"its head is `{head}`",
        hint=hint,
        marks=marks_of(found),
    )


def marks_of(found: Signature | Primitive) -> tuple[Mark, ...]:
    """Where a function of the program is defined."""
    return () if isinstance(found, Primitive) else (defined_mark(found),)
