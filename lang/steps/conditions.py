"""What is decided while a program runs -> steps: choices, comparisons, `and`, `or`, `not`.

Law: a part that is not asked for is not computed, so whatever may be left out stands in the body of an `If` of its
own; and chains (`a if p else b if q else c`, `a < b < c`, `p and q and r`) become steps one after another, never one
inside the other.
"""

from __future__ import annotations

from functools import partial

from lang.source import OF_RULE, Span
from lang.steps import form
from lang.steps.emission import Emission
from lang.syntax import tree


class Conditions(Emission):
    """Lowers the expressions of one scope that decide."""

    def _choice(self, node: tree.Choice, target: str) -> None:
        """`a if c else b if d else ...`: the chain becomes one `If` with an arm for each condition."""
        step = form.If([], [], node.span)
        self._do(self._values.append, target)
        self._do(self.block.append, step)
        chain: list[tuple[tree.Expression, tree.Expression]] = []
        rest: tree.Expression = node
        while isinstance(rest, tree.Choice):
            chain.append((rest.condition, rest.then))
            rest = rest.otherwise
        otherwise = rest
        self._into(step.otherwise, lambda: self._do(self._store, otherwise, target))
        for condition, then in reversed(chain):
            arm = form.Arm([], False, [], condition)
            self._into(arm.body, partial(self._do, self._store, then, target))
            self._arm(step, arm, condition)

    def _arm(self, step: form.If, arm: form.Arm, condition: tree.Expression) -> None:
        """Schedule one arm's condition, in a setup block of its own; its body is scheduled already, to come after."""
        self._into(arm.setup, lambda: self._do(self._condition, arm, condition))
        self._do(step.arms.append, arm)

    def _condition(self, holder: form.Arm | form.While, condition: tree.Expression) -> None:
        self._do(self._set_condition, holder)
        self._do(self._evaluate, condition, None)

    def _set_condition(self, holder: form.Arm | form.While) -> None:
        holder.condition = self._values.pop()

    def _compare(self, node: tree.Compare, target: str) -> None:
        """`a < b <= c`: the second comparison is made only where the first holds."""
        self._do(self._values.append, target)
        self._do(self._link, node, 0, target)
        self._do(self._evaluate, node.operands[0], None)

    def _link(self, node: tree.Compare, index: int, target: str) -> None:
        self._do(self._compared, node, index, target)
        self._do(self._evaluate, node.operands[index + 1], None)

    def _compared(self, node: tree.Compare, index: int, target: str) -> None:
        """One link is made; the next is a step of its own that asks whether this one held, so chains never nest."""
        left, right = self._pop(2)
        self.block.append(form.Comparison(target, node.operators[index], left, right, _place(node, index)))
        if index + 1 < len(node.operators):
            self._do(self._next_link, node, index + 1, target, right)

    def _next_link(self, node: tree.Compare, index: int, target: str, left: form.Operand) -> None:
        body: form.Block = []
        self.block.append(form.If([form.Arm([], target, body)], [], node.span))
        if index + 1 < len(node.operators):
            kept = form.Carried(self.temporary())
            self._do(self._next_link, node, index + 1, target, kept)
            self._into(body, lambda: self._do(self._last_link, node, index, target, left, kept))
        else:
            self._into(body, lambda: self._do(self._last_link, node, index, target, left, None))

    def _last_link(self, node: tree.Compare, index: int, target: str, left: form.Operand, kept: str | None) -> None:
        self._values.append(left)
        self._do(self._linked, node, index, target)
        self._do(self._evaluate, node.operands[index + 1], kept)

    def _linked(self, node: tree.Compare, index: int, target: str) -> None:
        left, right = self._pop(2)
        self.block.append(form.Comparison(target, node.operators[index], left, right, _place(node, index)))

    def _apart(self, node: tree.Compare | tree.Logic, target: str) -> None:
        """A condition for a name that its own later parts may read: it is found apart, then copied."""
        self._do(self._copied, target, node.span)
        self._do(self._evaluate, node, None)

    def _copied(self, target: str, span: Span) -> None:
        self._leaf(self._values.pop(), target, span)

    def _logic(self, node: tree.Logic) -> None:
        name = self.temporary()
        self._do(self._values.append, name)
        if node.operator == "not":
            self._do(self._negate, node, name)
            self._do(self._evaluate, node.operands[0], None)
        else:
            first, *others = operands_of(node)
            for each in reversed(others):
                self._do(self._shortcut, node, each, name)
            self._boolean(first, name)

    def _negate(self, node: tree.Logic, target: str) -> None:
        self.block.append(form.Negation(target, self._values.pop(), node.span))

    def _boolean(self, node: tree.Expression, target: str) -> None:
        self._do(self._require_boolean, target, node.span)
        self._do(self._store, node, target)

    def _require_boolean(self, target: str, span: Span) -> None:
        self.block.append(form.Require(form.Temporary(target), "boolean", span))

    def _shortcut(self, node: tree.Logic, operand: tree.Expression, target: str) -> None:
        """After the operands before it are in `target`: the next one, where it still decides."""
        body: form.Block = []
        both = node.operator == "and"
        arm = form.Arm([], target, body if both else [])
        self.block.append(form.If([arm], [] if both else body, node.span))
        self._into(body, lambda: self._boolean(operand, target))


def operands_of(node: tree.Logic) -> list[tree.Expression]:
    """The operands of `a and b and c`, however they are grouped: the order decides, not the grouping."""
    found: list[tree.Expression] = []
    pending: list[tree.Expression] = [node]
    while pending:
        each = pending.pop()
        if isinstance(each, tree.Logic) and each.operator == node.operator:
            pending.extend(reversed(each.operands))
        else:
            found.append(each)
    return found


def _place(node: tree.Compare, index: int) -> Span:
    """Where one of the comparisons of a chain stands."""
    if node.span == OF_RULE:
        return OF_RULE
    return (node.operands[index].span[0], node.operands[index + 1].span[1])
