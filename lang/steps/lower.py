"""Checked tree -> steps: every expression becomes a flat list of operations, one primitive each.

Law: lowering never evaluates anything and never recurses; expressions and statements go onto one stack of tasks, so
their depth is bounded by memory alone (blocks inside blocks by `BLOCK_DEPTH`, as in Python).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Container
from functools import partial
from typing import Any

from lang.rules import Table, table
from lang.source import Source, Span
from lang.steps import form
from lang.syntax import tree

CONSTANTS = {"pi": math.pi, "e": math.e, "tau": math.tau}

Task = tuple[Callable[..., None], tuple[Any, ...]]


class ExpressionLowering:
    """Lowers the expressions of one scope: a program's own, or one function's.

    Args:
        source: the text that spans point into.
        taken: names that temporaries must not use.
        variables: names that are variables here; any other name is a constant of the language.
        outside: names of the program around a function, which temporaries must not use either.
    """

    def __init__(
        self, source: Source, taken: set[str], variables: set[str], outside: Container[str] = frozenset()
    ) -> None:
        self.source = source
        self.taken = taken
        self.variables = variables
        self.outside = outside
        self.table: Table = table()
        self.block: form.Block = []
        self.depth = 0
        self.temporaries = 0
        self._tasks: list[Task] = []
        self._values: list[form.Operand] = []

    # --- names and emission ---------------------------------------------------------------------------------

    def temporary(self) -> str:
        """A fresh name `t1`, `t2`, ... that the program does not use."""
        while True:
            self.temporaries += 1
            name = f"t{self.temporaries}"
            if name not in self.taken and name not in self.outside:
                return form.Temporary(name)

    def expression(self, node: tree.Expression) -> form.Operand:
        """Emit the steps of an expression into the current block; the operand that holds its value."""
        self._do(self._evaluate, node, None)
        self._drain(len(self._tasks) - 1)
        return self._values.pop()

    def _do(self, function: Callable[..., None], *arguments: Any) -> None:
        self._tasks.append((function, arguments))

    def _drain(self, level: int) -> None:
        tasks = self._tasks
        while len(tasks) > level:
            function, arguments = tasks.pop()
            function(*arguments)

    def _enter(self, block: form.Block, deeper: int) -> None:
        self.block = block
        self.depth += deeper

    def _into(self, block: form.Block, inside: Callable[[], None], deeper: int = 0) -> None:
        """Schedule: switch to a block, do what `inside` schedules, switch back."""
        self._do(self._enter, self.block, -deeper)
        inside()
        self._do(self._enter, block, deeper)

    # --- expressions ----------------------------------------------------------------------------------------

    def _evaluate(self, node: tree.Expression, target: str | None) -> None:
        """Schedule an expression: leaves its operand on the value stack; into `target` where one is given."""
        if isinstance(node, tree.Apply):
            if not self._literal(node, target):
                self._do(self._apply, node, target)
                for each in reversed(node.arguments):
                    self._do(self._evaluate, each, None)
        elif isinstance(node, tree.Name):
            name = node.name
            self._leaf(name if name in self.variables else CONSTANTS[name], target, node.span)
        elif isinstance(node, tree.Number):
            self._leaf(node.value, target, node.span)
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

    def _leaf(self, operand: form.Operand, target: str | None, span: Span) -> None:
        if target is not None:
            self.block.append(form.Copy(target, operand, span))
            operand = target
        self._values.append(operand)

    def _literal(self, node: tree.Apply, target: str | None) -> bool:
        """`-2` and `+2` are constants, not operations."""
        value = _signed(node)
        if value is None:
            return False
        self._leaf(value, target, node.span)
        return True

    def _pop(self, count: int) -> tuple[form.Operand, ...]:
        found = tuple(self._values[len(self._values) - count :]) if count else ()
        del self._values[len(self._values) - count :]
        return found

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

    def _store(self, node: tree.Expression, target: str) -> None:
        self._do(self._drop)
        self._do(self._evaluate, node, target)

    def _drop(self) -> None:
        self._values.pop()

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
        span = (node.operands[index].span[0], node.operands[index + 1].span[1])
        self.block.append(form.Comparison(target, node.operators[index], left, right, span))
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
        span = (node.operands[index].span[0], node.operands[index + 1].span[1])
        self.block.append(form.Comparison(target, node.operators[index], left, right, span))

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


def _signed(node: tree.Apply) -> float | None:
    """The number that `-2` or `+2` is; None for anything else."""
    if len(node.arguments) != 1 or node.function not in ("-", "+"):
        return None
    inner = node.arguments[0]
    if not isinstance(inner, tree.Number):
        return None
    return -inner.value if node.function == "-" else inner.value


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


def derivative_order(node: tree.Derivative, parameters: tuple[str, ...]) -> tuple[int, ...]:
    """By which parameters (indices), one after another, a derivative call differentiates."""
    if not node.by:
        return (0,) * node.primes
    names = [each.name for each in node.by]
    if len(names) == 1:
        names *= node.primes
    return tuple(parameters.index(name) for name in names)
