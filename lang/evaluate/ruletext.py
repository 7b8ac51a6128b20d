"""A rule's expression -> the text of the same in Python.

Law: a text is made only from the lines of `grammar/rules.ad`, never from a program, and its names are given by who asks
for it; what it calls is bound to names beside it.
"""

from __future__ import annotations

from typing import Any

from lang.evaluate.active import Value, highest, plain
from lang.kernels import FAST, KERNELS
from lang.rules import Primitive, table
from lang.steps.lower import CONSTANTS
from lang.syntax import tree

NATIVE = {("+", 2), ("-", 2), ("*", 2), ("/", 2), ("-", 1), ("+", 1)}


def apply(primitive: Primitive, arguments: tuple[Value, ...]) -> Value:
    """A primitive on numbers of any level, inside a rule: IEEE arithmetic, nothing noted."""
    top = highest(arguments)
    if top is None:
        return KERNELS[primitive.name, primitive.arity](*arguments)
    return top.apply(primitive, arguments, None)


class Writer:
    """Writes one expression.

    Args:
        names: what Python calls the names of the line.
        way: `fast` on floats with Python's own operators, `total` on floats without exceptions, `general` on numbers of
            any level.
        called: the names of what it calls, to be filled with a number.

    Attributes:
        bound: what these names stand for.
    """

    def __init__(self, names: dict[str, str], way: str, called: str = "f{}") -> None:
        self.names = names
        self.way = way
        self.called = called
        self.bound: dict[str, Any] = {"_plain": plain, "_apply": apply} if way == "general" else {}
        self.calls: dict[str, None] = {}

    def tail(self, node: tree.Expression) -> str:
        """An expression whose value is the answer: a literal 0 is nothing."""
        if isinstance(node, tree.Choice):
            return f"({self.tail(node.then)} if {self.test(node.condition)} else {self.tail(node.otherwise)})"
        if isinstance(node, tree.Number) and node.value == 0.0:
            return "None"
        return self.write(node)

    def write(self, node: tree.Expression) -> str:
        if isinstance(node, tree.Number):
            return repr(node.value)
        if isinstance(node, tree.Name):
            return self.names.get(node.name) or repr(CONSTANTS[node.name])
        if isinstance(node, tree.Choice):
            return f"({self.write(node.then)} if {self.test(node.condition)} else {self.write(node.otherwise)})"
        if isinstance(node, tree.Apply):
            return self._applied(node.function, [self.write(each) for each in node.arguments])
        return self.test(node)

    def test(self, node: tree.Expression) -> str:
        """An expression as a condition: it sees the floats below all levels."""
        if isinstance(node, tree.Compare):
            operands = [self.write(each) for each in node.operands]
            if self.way == "general":
                operands = [f"_plain({each})" for each in operands]
            return (
                "("
                + " ".join(
                    [
                        operands[0],
                        *(f"{sign} {operand}" for sign, operand in zip(node.operators, operands[1:], strict=True)),
                    ]
                )
                + ")"
            )
        if isinstance(node, tree.Logic):
            operands = [self.test(each) for each in node.operands]
            return f"(not {operands[0]})" if node.operator == "not" else f"({f' {node.operator} '.join(operands)})"
        return self.write(node)

    def own_value(self, primitive: Primitive) -> str:
        """The primitive itself on its operands."""
        return self._applied(primitive.name, [f"a{index}" for index in range(primitive.arity)])

    def _applied(self, function: str, arguments: list[str]) -> str:
        primitive = table().find(function, len(arguments))
        assert primitive is not None, f"a rule calls `{function}`, which the table does not have"
        key = (primitive.name, primitive.arity)
        if self.way == "general":
            return f"_apply({self._bind(primitive)}, ({', '.join(arguments)},))"
        if key in NATIVE and (self.way == "fast" or function != "/"):
            return f"({function}{arguments[0]})" if len(arguments) == 1 else f"({f' {function} '.join(arguments)})"
        call = f"{self._bind((FAST if self.way == 'fast' else KERNELS)[key])}({', '.join(arguments)})"
        self.calls[call] = None
        return call

    def _bind(self, value: Any) -> str:
        for name, each in self.bound.items():
            if each is value:
                return name
        name = self.called.format(len(self.bound))
        self.bound[name] = value
        return name

    def once(self, text: str) -> str:
        """A text in which a call that stands there again is made once; choices stay as they are."""
        if " if " not in text:
            for number, call in enumerate(sorted(self.calls, key=len, reverse=True)):
                if text.count(call) > 1:
                    first = text.index(call)
                    rest = text[first + len(call) :].replace(call, f"t{number}")
                    text = f"{text[:first]}(t{number} := {call}){rest}"
        return text
