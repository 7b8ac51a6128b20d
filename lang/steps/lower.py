"""Checked tree -> steps: every expression becomes a flat list of operations, one primitive each.

Law: lowering never evaluates anything and never recurses. What is made of operators and calls alone is emitted at once
(`arithmetic`); anything else goes onto the stack of tasks, part by part.
"""

from __future__ import annotations

import math

from lang.check.scope import CONSTANTS as NAMES
from lang.source import Span
from lang.steps import form
from lang.steps.conditions import Conditions
from lang.syntax import tree

CONSTANTS: dict[str, float] = {name: getattr(math, name) for name in NAMES}
"""What the language's constants are: what Python's `math` calls so."""


class ExpressionLowering(Conditions):
    """Lowers the expressions of one scope: a program's own, or one function's."""

    def expression(self, node: tree.Expression) -> form.Operand:
        """Emit the steps of an expression into the current block; the operand that holds its value."""
        self._do(self._evaluate, node, None)
        self._drain(len(self._tasks) - 1)
        return self._values.pop()

    def _evaluate(self, node: tree.Expression, target: str | None) -> None:
        """Schedule an expression: leaves its operand on the value stack; into `target` where one is given."""
        if isinstance(node, tree.Apply):
            if not self._literal(node, target):
                self._do(self._apply, node, target)
                for each in reversed(node.arguments):
                    self._do(self._evaluate, each, None)
        elif isinstance(node, tree.Name | tree.Number):
            self._leaf(self._named(node), target, node.span)
        elif isinstance(node, tree.Derivative):
            self._do(self._derivative, node, target)
            for each in reversed(node.arguments):
                self._do(self._evaluate, each, None)
        elif isinstance(node, tree.Choice):
            self._choice(node, target or self.temporary())
        elif target is not None:
            self._apart(node, target)
        elif isinstance(node, tree.Compare):
            self._compare(node, self.temporary())
        else:
            self._logic(node)

    def _named(self, node: tree.Name | tree.Number) -> form.Operand:
        """A name or number as an operand."""
        if isinstance(node, tree.Number):
            return node.value
        return node.name if node.name in self.variables else CONSTANTS[node.name]

    def arithmetic(self, root: tree.Apply, target: str, place: Span) -> bool:
        """Emit `target = root` at once, where it is made of operators and calls on names and numbers alone.

        Args:
            place: the place of what a translation wrote, which has none of its own.

        Returns:
            Whether it is so; nothing is emitted where it is not.
        """
        if _signed(root) is not None:
            return False
        found = self._leaves(root)
        if found is not None:
            self._emit(root, target, place, found)
            return True
        order: list[tree.Expression] = []
        pending: list[tree.Expression] = [root]
        while pending:
            node = pending.pop()
            kind = node.__class__
            if kind is tree.Apply:
                pending.extend(node.arguments)  # type: ignore[union-attr]
            elif kind is not tree.Name and kind is not tree.Number:
                return False
            order.append(node)
        values: list[form.Operand] = []
        for node in reversed(order):
            kind = node.__class__
            if kind is tree.Name:
                name = node.name  # type: ignore[union-attr]
                values.append(name if name in self.variables else CONSTANTS[name])
            elif kind is tree.Number:
                values.append(node.value)  # type: ignore[union-attr]
            else:
                self._emit(node, target if node is root else "", place, values)  # type: ignore[arg-type]
        return True

    def _leaves(self, node: tree.Apply) -> list[form.Operand] | None:
        """The operands of an operation on names and numbers; None for any other."""
        found: list[form.Operand] = []
        for each in node.arguments:
            kind = each.__class__
            if kind is tree.Name:
                name = each.name  # type: ignore[union-attr]
                found.append(name if name in self.variables else CONSTANTS[name])
            elif kind is tree.Number:
                found.append(each.value)  # type: ignore[union-attr]
            else:
                return None
        return found

    def _emit(self, node: tree.Apply, target: str, place: Span, values: list[form.Operand]) -> None:
        """Emit one operator or call on the last of the values, whose place its own value takes."""
        if len(node.arguments) == 1:
            signed = _signed(node)
            if signed is not None:
                values[-1] = signed
                return
        first = len(values) - len(node.arguments)
        arguments = tuple(values[first:])
        name = target or self.temporary()
        primitive = self.table.find(node.function, len(arguments))
        span = node.span if node.span[1] else place
        if primitive is None:
            self.block.append(form.Call((name,), node.function, arguments, (), span))
        else:
            self.block.append(form.Operation(name, primitive, arguments, span))
        values[first:] = (name,)

    def _literal(self, node: tree.Apply, target: str | None) -> bool:
        """`-2` and `+2` are constants, not operations."""
        value = _signed(node)
        if value is None:
            return False
        self._leaf(value, target, node.span)
        return True

    def _apply(self, node: tree.Apply, target: str | None) -> None:
        arguments = self._pop(len(node.arguments))
        name = target or self.temporary()
        primitive = self.table.find(node.function, len(arguments))
        if primitive is None:
            self.block.append(form.Call((name,), node.function, arguments, (), node.span))
        else:
            self.block.append(form.Operation(name, primitive, arguments, node.span))
        self._values.append(name)

    def _derivative(self, node: tree.Derivative, target: str | None) -> None:
        name = target or self.temporary()
        self._call_derivative(node, (name,))
        self._values.append(name)

    def _call_derivative(self, node: tree.Derivative, targets: tuple[str, ...]) -> None:
        arguments = self._pop(len(node.arguments))
        primitive = self.table.find(node.function, len(arguments))
        if primitive is not None:
            by = derivative_order(node, primitive.parameters)
            self.block.append(form.PrimitiveDerivative(targets[0], primitive, arguments, by, node.span))
        else:
            by = derivative_order(node, self.parameters_of(node.function))
            self.block.append(form.Call(targets, node.function, arguments, by, node.span))

    def parameters_of(self, function: str) -> tuple[str, ...]:
        """The parameters of a user's function; the lowering of a program knows them."""
        raise NotImplementedError


def _signed(node: tree.Apply) -> float | None:
    """The number that `-2` or `+2` is; None for anything else."""
    if len(node.arguments) != 1 or node.function not in ("-", "+"):
        return None
    inner = node.arguments[0]
    if not isinstance(inner, tree.Number):
        return None
    return -inner.value if node.function == "-" else inner.value


def derivative_order(node: tree.Derivative, parameters: tuple[str, ...]) -> tuple[int, ...]:
    """By which parameters (indices), one after another, a derivative call differentiates."""
    if not node.by:
        return (0,) * node.primes
    names = [each.name for each in node.by]
    if len(names) == 1:
        names *= node.primes
    return tuple(parameters.index(name) for name in names)
