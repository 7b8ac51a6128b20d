"""Checked statements -> steps: assignments, branches and loops of one scope.

Law: as for expressions, nothing recurses. Blocks may stand inside each other as deep as in Python.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any, get_args

from lang.errors import LimitExceeded
from lang.source import Span
from lang.steps import form
from lang.steps.lower import ExpressionLowering
from lang.syntax import tree

BLOCK_DEPTH = 100


class Lowering(ExpressionLowering):
    """Lowers the statements of one scope: a program's own, or one function's."""

    def statements(self, body: Iterable[tree.Statement]) -> form.Block:
        """The steps of some statements."""
        block = self.block = []
        self._push_statements(tuple(body))
        self._drain(0)
        return block

    def _indented(self, block: form.Block, span: Span, body: tree.Block) -> None:
        """Schedule the statements of a block inside this one."""
        if self.depth >= BLOCK_DEPTH:
            raise LimitExceeded(
                "nesting",
                BLOCK_DEPTH,
                self.depth + 1,
                f"more than {BLOCK_DEPTH} blocks stand inside each other here",
                span,
                hint="use a function, or `elif`",
                source=self.source,
            )
        self._into(block, lambda: self._push_statements(body), 1)

    def _push_statements(self, body: tuple[tree.Statement, ...]) -> None:
        for each in reversed(body):
            self._do(self._statement, each)

    @cached_property
    def _handlers(self) -> dict[type, Callable[[Any], None]]:
        """What lowers each kind of statement."""
        return {
            kind: getattr(self, f"_{kind.__name__.lower()}_statement")
            for kind in get_args(tree.Statement)
            if hasattr(self, f"_{kind.__name__.lower()}_statement")
        }

    def _statement(self, node: tree.Statement) -> None:
        self._handlers[type(node)](node)

    def _assign_statement(self, node: tree.Assign) -> None:
        if len(node.targets) == 1:
            target, value = node.targets[0], node.values[0]
            if node.operator is not None:
                value = tree.Apply(node.operator, (target, value), node.span, node.span)
            if isinstance(value, tree.Name | tree.Number):
                self.block.append(form.Copy(target.name, self._named(value), value.span))
            elif not isinstance(value, tree.Apply) or not self.arithmetic(value, target.name, node.span):
                self._do(self._store, value, target.name)
            return
        names = tuple(each.name for each in node.targets)
        if len(node.values) == 1:
            self._unpack(node.values[0], names)
        else:
            self._do(self._assign_all, names, node)
            for place in range(len(names) - 1, -1, -1):
                self._do(self._snapshot, node.values[place], names[:place])

    def _unpack(self, value: tree.Expression, targets: tuple[str, ...]) -> None:
        """`p, q = f(x)`: the check has seen that `value` is a call with as many results."""
        assert isinstance(value, tree.Apply | tree.Derivative)
        self._do(self._unpacked, value, targets)
        for each in reversed(value.arguments):
            self._do(self._evaluate, each, None)

    def _unpacked(self, value: tree.Apply | tree.Derivative, targets: tuple[str, ...]) -> None:
        if isinstance(value, tree.Derivative):
            self._call_derivative(value, targets)
        else:
            arguments = self._pop(len(value.arguments))
            self.block.append(form.Call(targets, value.function, arguments, (), value.span))

    def _snapshot(self, value: tree.Expression, overwritten: tuple[str, ...]) -> None:
        """A value of `p, q = ...`; a plain name that the statement overwrites before it is copied first."""
        plain = isinstance(value, tree.Name) and value.name in overwritten
        self._do(self._evaluate, value, form.Snapshot(self.temporary()) if plain else None)

    def _assign_all(self, names: tuple[str, ...], node: tree.Assign) -> None:
        for name, operand, value in zip(names, self._pop(len(names)), node.values, strict=True):
            self.block.append(form.Copy(name, operand, value.span))

    def _show_statement(self, node: tree.Show) -> None:
        self._do(self._shown, node, len(node.values))
        for each in reversed(node.values):
            self._do(self._evaluate, each, None)

    def _shown(self, node: tree.Show, count: int) -> None:
        values = self._pop(count)
        self.block.append(form.Show(values, self.source.slice(node.span), node.span))

    def _return_statement(self, node: tree.Return) -> None:
        self._do(self._returned, node)
        for each in reversed(node.values):
            self._do(self._evaluate, each, None)

    def _returned(self, node: tree.Return) -> None:
        self.block.append(form.Return(self._pop(len(node.values)), node.span))

    def _push_statement(self, node: tree.Push) -> None:
        self._do(self._pushed, node)
        self._do(self._evaluate, node.value, None)

    def _pushed(self, node: tree.Push) -> None:
        self.block.append(form.Push(self._values.pop(), node.stack, node.span))

    def _pop_statement(self, node: tree.Pop) -> None:
        self.block.append(form.Pop(node.target.name, node.stack, node.span))

    def _if_statement(self, node: tree.If) -> None:
        step = form.If([], [], node.span)
        self._do(self.block.append, step)
        otherwise = node.otherwise
        if otherwise is not None:
            block = otherwise
            self._indented(step.otherwise, node.span, block)
        for condition, body in reversed(node.branches):
            arm = form.Arm([], False, [], condition)
            self._indented(arm.body, condition.span, body)
            self._arm(step, arm, condition)

    def _while_statement(self, node: tree.While) -> None:
        step = form.While([], False, [], node.condition, node.span)
        self._do(self.block.append, step)
        self._indented(step.body, node.span, node.body)
        self._into(step.setup, lambda: self._do(self._condition, step, node.condition))

    def _for_statement(self, node: tree.For) -> None:
        step = form.For(node.target.name, 0.0, 0.0, 1.0, [], node.span)
        self._do(self.block.append, step)
        self._indented(step.body, node.span, node.body)
        self._do(self._bounds, step, len(node.bounds))
        for each in reversed(node.bounds):
            self._do(self._evaluate, each, None)

    def _bounds(self, step: form.For, count: int) -> None:
        found = self._pop(count)
        if count == 1:
            step.stop = found[0]
        else:
            step.start, step.stop = found[0], found[1]
        if count == 3:
            step.stride = found[2]
