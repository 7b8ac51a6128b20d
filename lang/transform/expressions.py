"""A rule's right side -> an expression of the program: operands put in, constants folded.

Law: only constants are folded, never values: `2 - 1` is 1 and `1 * y` is y, but `0 * y` stays, for y may be infinite.
A condition on constants chooses its branch, which is how `b * a**(b - 1) * da` becomes `2 * x * dx` for `x**2`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lang.kernels import KERNELS
from lang.kernels.comparisons import COMPARISONS
from lang.source import OF_RULE, Span
from lang.steps import form
from lang.syntax import tree
from lang.syntax.unparse import expression as expression_text
from lang.syntax.unparse import number
from lang.syntax.walk import operands

NOWHERE = (0, 0)
FOLDED = {("+", 2), ("-", 2), ("*", 2), ("/", 2), ("**", 2), ("-", 1), ("+", 1), ("floor", 1), ("abs", 1)}
TRUE = tree.Compare(("==",), (tree.Number(0.0, "0", NOWHERE), tree.Number(0.0, "0", NOWHERE)), NOWHERE)
FALSE = tree.Compare(("!=",), (tree.Number(0.0, "0", NOWHERE), tree.Number(0.0, "0", NOWHERE)), NOWHERE)


def name(text: str) -> tree.Name:
    """A name as an expression."""
    return tree.Name(str(text), NOWHERE)


def constant(value: float) -> tree.Expression:
    """A number as an expression; a negative one is a sign and a number."""
    if value < 0 or (value == 0 and str(value)[0] == "-"):
        return tree.Apply("-", (tree.Number(-value, number(-value), NOWHERE),), NOWHERE, NOWHERE)
    return tree.Number(value, number(value), NOWHERE)


def operand(value: form.Operand) -> tree.Expression:
    """A step's operand as an expression."""
    if isinstance(value, str):
        return name(value)
    if isinstance(value, bool):
        return TRUE if value else FALSE
    return constant(value)


def value_of(node: tree.Expression) -> float | None:
    """The number an expression is, where it is a constant."""
    if isinstance(node, tree.Number):
        return node.value
    if isinstance(node, tree.Apply) and node.function == "-" and len(node.arguments) == 1:
        inner = node.arguments[0]
        return -inner.value if isinstance(inner, tree.Number) else None
    return None


def apply(function: str, *arguments: tree.Expression) -> tree.Expression:
    """A function or operator on expressions, folded where it is one of constants or does nothing."""
    values = [value_of(each) for each in arguments]
    if (function, len(values)) in FOLDED and all(each is not None for each in values):
        found = KERNELS[function, len(values)](*values)
        if found - found == 0.0:
            return constant(found)
    if len(values) == 2:
        left, right = values
        if left == 1.0 and function == "*":
            return arguments[1]
        if right == 1.0 and function in ("*", "/", "**"):
            return arguments[0]
        if right == 0.0 and function in ("+", "-"):
            return arguments[0]
        if left == 0.0 and function == "+":
            return arguments[1]
        if left == -1.0 and function == "*":
            return apply("-", arguments[1])
    if function == "-" and len(values) == 1:
        return negative(arguments[0])
    if function == "+":
        taken_off = without_sign(arguments[-1])
        if len(arguments) == 2 and taken_off is not None:
            return tree.Apply("-", (arguments[0], taken_off), NOWHERE, NOWHERE)
    return tree.Apply(function, arguments, NOWHERE, NOWHERE)


def negative(node: tree.Expression) -> tree.Expression:
    """`-node`; the sign of a sign is none."""
    if isinstance(node, tree.Apply) and _is_negative(node):
        return node.arguments[0]
    return tree.Apply("-", (node,), NOWHERE, NOWHERE)


def without_sign(node: tree.Expression) -> tree.Expression | None:
    """`x` of `-x`, `x * y` of `-x * y`, `x / y` of `-x / y`: the same bits with the other sign; else None."""
    if not isinstance(node, tree.Apply):
        return None
    if _is_negative(node):
        return node.arguments[0]
    first = node.arguments[0]
    if (
        node.function in ("*", "/")
        and len(node.arguments) == 2
        and isinstance(first, tree.Apply)
        and _is_negative(first)
    ):
        return apply(node.function, first.arguments[0], node.arguments[1])
    return None


def _is_negative(node: tree.Apply) -> bool:
    return node.function == "-" and len(node.arguments) == 1


def summed(terms: list[tree.Expression]) -> tree.Expression:
    """Terms added up, from the left."""
    total = terms[0]
    for term in terms[1:]:
        total = apply("+", total, term)
    return total


def substitute(expression: tree.Expression, words: Mapping[str, tree.Expression], fold: bool = True) -> tree.Expression:
    """The expression with names replaced, bottom up without recursion.

    Args:
        words: what stands for each name; a name without an entry stays.
        fold: whether to fold constants (False for the bare substitution).
    """
    done: list[tree.Expression] = []
    pending: list[tuple[tree.Expression, bool]] = [(expression, False)]
    while pending:
        node, ready = pending.pop()
        if isinstance(node, tree.Name):
            done.append(words.get(node.name, node))
        elif isinstance(node, tree.Number):
            done.append(node)
        elif ready:
            count = len(operands(node))
            parts = tuple(done[len(done) - count :])
            del done[len(done) - count :]
            done.append(_rebuilt(node, parts, fold))
        else:
            pending.append((node, True))
            pending.extend((each, False) for each in reversed(operands(node)))
    return done.pop()


def _rebuilt(node: tree.Expression, parts: tuple[tree.Expression, ...], fold: bool) -> tree.Expression:
    if isinstance(node, tree.Apply):
        return apply(node.function, *parts) if fold else tree.Apply(node.function, parts, NOWHERE, NOWHERE)
    if isinstance(node, tree.Derivative):
        return tree.Derivative(node.function, node.primes, node.by, parts, NOWHERE, NOWHERE)
    if isinstance(node, tree.Compare):
        return _compared(node, parts) if fold else tree.Compare(node.operators, parts, place(node.span))
    if isinstance(node, tree.Logic):
        return _decided(node.operator, parts) if fold else tree.Logic(node.operator, parts, NOWHERE)
    condition, then, otherwise = parts
    if condition is TRUE or condition is FALSE:
        return then if condition is TRUE else otherwise
    return tree.Choice(condition, then, otherwise, NOWHERE)


def place(span: Span) -> Span:
    """Where a comparison stands that is written anew: nowhere, but that it comes from a rule is kept."""
    return OF_RULE if span == OF_RULE else NOWHERE


def _compared(node: tree.Compare, parts: tuple[tree.Expression, ...]) -> tree.Expression:
    values = [value_of(each) for each in parts]
    if all(each is not None for each in values):
        holds = all(
            COMPARISONS[sign](left, right)
            for sign, left, right in zip(node.operators, values, values[1:], strict=False)
        )
        return TRUE if holds else FALSE
    return tree.Compare(node.operators, parts, place(node.span))


def _decided(word: str, parts: tuple[tree.Expression, ...]) -> tree.Expression:
    if word == "not":
        return FALSE if parts[0] is TRUE else TRUE if parts[0] is FALSE else tree.Logic(word, parts, NOWHERE)
    decisive, neutral = (FALSE, TRUE) if word == "and" else (TRUE, FALSE)
    if decisive in parts:
        return decisive
    left = [each for each in parts if each is not neutral]
    return neutral if not left else left[0] if len(left) == 1 else tree.Logic(word, tuple(left), NOWHERE)


def mentions(expression: tree.Expression) -> set[str]:
    """The names an expression reads."""
    found: set[str] = set()
    pending: list[tree.Expression] = [expression]
    while pending:
        node = pending.pop()
        if isinstance(node, tree.Name):
            found.add(node.name)
        else:
            pending.extend(operands(node))
    return found


SHORT = 30
"""A right side with more different calls than this is left as it is; the table has none."""


def shared(
    expression: tree.Expression, fresh: Callable[[], str]
) -> tuple[list[tuple[str, tree.Expression]], tree.Expression]:
    """Calls that an expression makes more than once, made once: their new names with them, and what is left.

    A call inside a branch of a choice stays where it is, for it may never be made.
    """
    counts: dict[str, int] = {}
    for call in _calls(expression):
        text = expression_text(call)
        counts[text] = counts.get(text, 0) + 1
    names: dict[str, str] = {}
    made: list[tuple[str, tree.Expression]] = []

    def replaced(node: tree.Expression) -> tree.Expression | None:
        text = expression_text(node)
        if counts.get(text, 0) < 2:
            return None
        if text not in names:
            names[text] = fresh()
            made.append((names[text], node))
        return name(names[text])

    if len(counts) > SHORT or not any(count > 1 for count in counts.values()):
        return [], expression
    return made, _replaced(expression, replaced)


def _calls(expression: tree.Expression) -> list[tree.Apply]:
    """The calls of functions by name that are certainly made."""
    found: list[tree.Apply] = []
    pending: list[tree.Expression] = [expression]
    while pending:
        node = pending.pop()
        if isinstance(node, tree.Apply):
            if node.function.isidentifier():
                found.append(node)
            pending.extend(node.arguments)
    return found


def _replaced(
    expression: tree.Expression, replace: Callable[[tree.Expression], tree.Expression | None]
) -> tree.Expression:
    if not isinstance(expression, tree.Apply):
        return expression
    found = replace(expression) if expression.function.isidentifier() else None
    if found is not None:
        return found
    parts = tuple(_replaced(each, replace) for each in expression.arguments)
    return tree.Apply(expression.function, parts, NOWHERE, NOWHERE)
