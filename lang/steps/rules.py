"""A user's derivative rule -> functions of steps: its differential for the operands that move, its partials.

Law: the same reading as the table's: absent differentials are gone before anything is computed (`lang.rules.linear`).
"""

from __future__ import annotations

from lang.rules import coefficient, restrict
from lang.steps import form
from lang.steps.program import RuleLowering
from lang.syntax import tree


def differential(rule: form.UserRule, active: tuple[int, ...]) -> form.Procedure | None:
    """The function (parameters, result, differentials of the `active` operands) -> differential of the result.

    None where the rule leaves nothing.
    """
    key = ("differential", active)
    if key not in rule.variants:
        names = rule.differentials
        kept = tuple(names[index] for index in active)
        right = restrict(rule.right, kept, names)
        parameters = (*rule.parameters, rule.result, *kept)
        rule.variants[key] = _procedure(right, rule, parameters)
    return rule.variants[key]


def partial(rule: form.UserRule, index: int) -> form.Procedure | None:
    """The function (parameters, result) -> partial derivative by one operand; None where it is nothing."""
    key = ("partial", (index,))
    if key not in rule.variants:
        right = coefficient(rule.right, rule.differentials[index], rule.differentials)
        parameters = (*rule.parameters, rule.result)
        rule.variants[key] = _procedure(right, rule, parameters)
    return rule.variants[key]


def _procedure(
    right: tree.Expression | None, rule: form.UserRule, parameters: tuple[str, ...]
) -> form.Procedure | None:
    return None if right is None else RuleLowering(rule, parameters).procedure(right, rule, parameters)
