"""The lines of a rule table -> the first that is no rule, as an error with its place.

Law: a table that loads is sound: every name on a line means something, every function it calls is in the table, and
every right side is linear.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from lang.errors import RuleError
from lang.rules.linear import verify_linear
from lang.rules.primitive import fixed_by
from lang.syntax import tree
from lang.syntax.walk import subexpressions

CONSTANT_NAMES = frozenset({"pi", "e", "tau"})


def verify_rule(rule: tree.Rule, parameters: tuple[str, ...], knows: Callable[[str, int], bool]) -> None:
    """Check one line, given the whole table's functions.

    Raises:
        RuleError: a name or function that means nothing, or a right side that is not linear.
    """
    values = {*parameters, rule.result.name, *CONSTANT_NAMES}
    differentials = tuple("d" + name for name in parameters)
    _verify(rule.right, values | set(differentials), knows)
    verify_linear(rule.right, differentials)
    for clause in rule.clauses:
        if clause.word == "lecture":
            _verify(clause.value, values | set(differentials), knows)
            verify_linear(clause.value, differentials)
        elif clause.word == "fixed":
            _verify_fixed(clause.value, parameters)
        else:
            _verify(clause.value, values, knows)


def _verify_fixed(value: tree.Expression, parameters: tuple[str, ...]) -> None:
    for each in fixed_by(value):
        if not isinstance(each, tree.Name) or each.name not in parameters:
            raise RuleError("`fixed` is followed by operands of the rule", each.span)


def _verify(expression: tree.Expression, names: set[str], knows: Callable[[str, int], bool]) -> None:
    for node in subexpressions(expression):
        if isinstance(node, tree.Name) and node.name not in names:
            raise RuleError(f"the left side of this rule has no `{node.name}`", node.span)
        if isinstance(node, tree.Apply) and not knows(node.function, len(node.arguments)):
            raise RuleError(
                f"there is no rule for `{node.function}` of {len(node.arguments)}",
                node.name_span,
                hint="a right side uses only what has a line of its own",
            )
        if isinstance(node, tree.Derivative):
            raise RuleError("a rule is written without derivatives of functions", node.span)


def verify_different(rules: Iterable[tuple[tree.Rule, str, int]]) -> None:
    """Check that no primitive has two lines.

    Raises:
        RuleError: one has; the span is that of the second.
    """
    seen: set[tuple[str, int]] = set()
    for rule, name, arity in rules:
        if (name, arity) in seen:
            raise RuleError(f"`{name}` has a rule already", rule.span)
        seen.add((name, arity))
