"""One line of `grammar/rules.ad` -> a primitive.

Law: a primitive is what its line says: its name, its parameters, its differential, its domain and its kinks.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from lang.errors import RuleError
from lang.fact import Fact
from lang.rules.linear import coefficient, restrict
from lang.source import OF_RULE
from lang.syntax import tree
from lang.syntax.walk import operands, subexpressions, with_operands


class Primitive(Fact):
    """One line of the table: `c = name(parameters) => dc = differential`, with its clauses.

    Attributes:
        name: as programs write it: `sin`, `*`.
        parameters: names of the operands on the line.
        differential: the right side, an expression in the parameters, `c` and the d-names.
        domain, kink, vertical: conditions of the line's clauses, None where it has none.
        lecture: the right side as lecture slides print it, None where it is the same.
        fixed: parameters by which no derivative exists.
        discrete: parameters that are conditions, not numbers (the first of `where`).
        part: is it there for other rules to be made of? Programs may call it, but nobody looks for it.
    """

    __match_args__ = (
        "name",
        "parameters",
        "differential",
        "domain",
        "kink",
        "vertical",
        "lecture",
        "fixed",
        "discrete",
        "rule",
        "part",
    )

    def __init__(
        self,
        name: str,
        parameters: tuple[str, ...],
        differential: tree.Expression,
        domain: tree.Expression | None,
        kink: tree.Expression | None,
        vertical: tree.Expression | None,
        lecture: tree.Expression | None,
        fixed: frozenset[str],
        discrete: frozenset[str],
        rule: tree.Rule,
        part: bool = False,
    ) -> None:
        self.name, self.parameters, self.differential = name, parameters, differential
        self.domain, self.kink, self.vertical = domain, kink, vertical
        self.lecture, self.fixed, self.discrete = lecture, fixed, discrete
        self.rule, self.part = rule, part
        self._partials: dict[int, tree.Expression | None] = {}

    @property
    def arity(self) -> int:
        """How many operands it takes."""
        return len(self.parameters)

    @property
    def is_operator(self) -> bool:
        """Is it written between or before its operands?"""
        return not self.name.isidentifier()

    @cached_property
    def differentials(self) -> tuple[str, ...]:
        """The d-name of each parameter: `da`, `db`."""
        return tuple("d" + name for name in self.parameters)

    def partial(self, index: int) -> tree.Expression | None:
        """The partial derivative by one operand: its d-name put to 1, the others absent. None where it is nothing.

        Args:
            index: the operand, from 0.
        """
        if index not in self._partials:
            self._partials[index] = coefficient(self.differential, self.differentials[index], self.differentials)
        return self._partials[index]

    def restricted(self, active: Iterable[int]) -> tree.Expression | None:
        """The right side with only the d-names of `active` operands left; None where nothing is left."""
        kept = {self.differentials[index] for index in active}
        return restrict(self.differential, kept, set(self.differentials))


def primitive(rule: tree.Rule, part: bool = False) -> Primitive:
    """What one rule says, checked.

    Args:
        part: is it there for other rules to be made of?

    Raises:
        RuleError: it is not a rule.
    """
    left = rule.left
    if not isinstance(left, tree.Apply) or not all(isinstance(each, tree.Name) for each in left.arguments):
        raise RuleError(
            "the left side of a rule is one function or operator on plain names",
            left.span,
            hint="write it like `c = sin(a) => dc = cos(a) * da`",
        )
    parameters = tuple(each.name for each in left.arguments if isinstance(each, tree.Name))
    if len(set(parameters)) < len(parameters):
        raise RuleError("a rule names each operand once", left.span)
    if rule.differential.name != "d" + rule.result.name:
        raise RuleError(
            f"the rule for `{rule.result.name}` gives `d{rule.result.name}`, not `{rule.differential.name}`",
            rule.differential.span,
        )
    clauses = {each.word: each.value for each in rule.clauses}
    fixed = fixed_by(clauses["fixed"]) if "fixed" in clauses else ()
    return Primitive(
        name=left.function,
        parameters=parameters,
        differential=_of_rule(rule.right),
        domain=clauses.get("domain"),
        kink=clauses.get("kink"),
        vertical=clauses.get("vertical"),
        lecture=clauses.get("lecture"),
        fixed=frozenset(each.name for each in fixed if isinstance(each, tree.Name)),
        discrete=frozenset(_conditions(rule.right) & set(parameters)),
        rule=rule,
        part=part,
    )


def fixed_by(value: tree.Expression) -> tuple[tree.Expression, ...]:
    """What a clause `fixed n and m` lists, each by itself: names, where it is in order."""
    if isinstance(value, tree.Logic) and value.operator == "and":
        return tuple(each for operand in value.operands for each in fixed_by(operand))
    return (value,)


def _conditions(expression: tree.Expression) -> set[str]:
    """Names that stand as a whole condition (`da if p else db`)."""
    return {
        node.condition.name
        for node in subexpressions(expression)
        if isinstance(node, tree.Choice) and isinstance(node.condition, tree.Name)
    }


def _of_rule(expression: tree.Expression) -> tree.Expression:
    """The right side of a line, whose comparisons say where they come from."""
    parts = tuple([_of_rule(each) for each in operands(expression)])
    if isinstance(expression, tree.Compare):
        return tree.Compare(expression.operators, parts, OF_RULE)
    return with_operands(expression, parts) if parts else expression
