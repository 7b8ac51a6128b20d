"""A plan -> the lines of a text: what all three languages have in common.

Law: parentheses stand only where the language's precedence needs them, and no two operators that a reader could confuse
stand together without.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from math import copysign, isfinite
from typing import ClassVar

from lang.clock import watched
from lang.errors import CommandError
from lang.export import listing
from lang.export.plan import Plan
from lang.export.table import spelling
from lang.export.walk import EXPORTING

CHOICE, EITHER, BOTH, NEGATION, COMPARISON, SUM, PRODUCT, SIGN, POWER, ATOM = range(10)

BINARY = {
    "+": (SUM, SUM, PRODUCT), "-": (SUM, SUM, PRODUCT), "*": (PRODUCT, PRODUCT, SIGN), "/": (PRODUCT, PRODUCT, SIGN),
    "//": (PRODUCT, PRODUCT, SIGN), "%": (PRODUCT, PRODUCT, SIGN), "**": (POWER, ATOM, ATOM),
}  # fmt: skip
"""What an operator is, and what it asks of its left and right side."""

COMPARISONS = frozenset(("<", "<=", ">", ">=", "==", "!="))
NESTED = 90
"""How deep blocks may stand in each other."""


class Writer(ABC):
    """Writes the routines of a plan.

    Attributes:
        words: how the language says `and`, `or`, `not `, `==`, `!=`.
        constants: how it says true, false, nan, inf.
        negated: what may stand behind a minus without parentheses.
    """

    words: ClassVar[dict[str, str]] = {}
    constants: tuple[str, str, str, str] = ("true", "false", "nan", "inf")
    negated: tuple[int, ...] = (SIGN, POWER, ATOM)
    indent = "    "

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.lines: list[str] = []
        self.depth = 1
        self.routine = plan.main

    @abstractmethod
    def statement(self, statement: listing.Statement) -> None:
        """Write a statement."""

    def line(self, text: str) -> None:
        """Write a line."""
        self.lines.append(self.indent * self.depth + text)

    def block(self, block: Sequence[listing.Statement], span: tuple[int, int]) -> None:
        """Write a block, one level deeper.

        Raises:
            CommandError: the blocks stand too deep in each other for other languages.
        """
        self.depth += 1
        if self.depth > NESTED:
            raise CommandError("the blocks stand too deep in each other to be exported", span, hint="use a function",
                               source=self.routine.source)
        for each in watched(block, EXPORTING):
            self.statement(each)
        self.depth -= 1

    def name(self, name: str) -> str:
        """A name of the program in the language."""
        return self.plan.names.of(name)

    # --- expressions ----------------------------------------------------------------------------------------

    def expression(self, value: listing.Expression, asked: int = CHOICE) -> str:
        """An expression, in parentheses where its place asks for more than it binds."""
        level, text = self.leveled(value)
        return f"({text})" if level < asked else text

    def leveled(self, value: listing.Expression) -> tuple[int, str]:
        """An expression, and how tightly it binds."""
        match value:
            case bool():
                return ATOM, self.constants[0 if value else 1]
            case float():
                return SIGN if copysign(1.0, value) < 0 else ATOM, self.number(value)
            case str():
                return ATOM, self.name(value)
            case listing.Use():
                return ATOM, self.call(value)
            case listing.Derived():
                raise AssertionError("a plan refuses derivatives")
            case listing.Apply():
                return self.apply(value)

    def number(self, value: float) -> str:
        """The digits that give the same double."""
        if isfinite(value):
            return repr(value)
        sign = "-" if value < 0 else ""
        return self.constants[2] if value != value else sign + self.constants[3]

    def arguments(self, values: Sequence[listing.Expression]) -> str:
        """Several expressions, with commas."""
        return ", ".join(map(self.expression, values))

    def call(self, value: listing.Use) -> str:
        """A call with one result."""
        stacks = [self.name(each) for each in value.routine.stacks]
        return f"{self.plan.title(value.routine)}({', '.join((*map(self.expression, value.arguments), *stacks))})"

    def apply(self, value: listing.Apply) -> tuple[int, str]:
        """An operator or a function of the table."""
        function, arguments = value.function, value.arguments
        if function == "where":
            return CHOICE, self.choice(*arguments)
        if function in ("and", "or"):
            return self.logic(function, arguments[0], arguments[1])
        if function == "not":
            return self.negation(arguments[0])
        if function in COMPARISONS:
            left, right = (self.expression(each, SUM) for each in arguments)
            return COMPARISON, f"{left} {self.words.get(function, function)} {right}"
        if function == "-" and len(arguments) == 1:
            level, text = self.leveled(arguments[0])
            return SIGN, f"-{text}" if level in self.negated and text[0] != "-" else f"-({text})"
        text = self.spelled(value)
        if text[0] == " ":
            level, left_level, right_level = BINARY[text.strip()]
            return level, self.expression(arguments[0], left_level) + text + self.expression(arguments[1], right_level)
        if "{}" in text:
            return ATOM, text.format(*map(self.expression, arguments))
        return ATOM, f"{text}({self.arguments(arguments)})"

    def spelled(self, value: listing.Apply) -> str:
        """How a function is written here."""
        return spelling(self.plan.language, value.function, value.arguments).text

    def logic(self, word: str, left: listing.Expression, right: listing.Expression) -> tuple[int, str]:
        """`and` inside `or` gets parentheses, as C compilers wish."""
        level = EITHER if word == "or" else BOTH
        texts = []
        for each in (left, right):
            same = isinstance(each, listing.Apply) and each.function == word
            texts.append(self.expression(each, level if same else NEGATION))
        return level, f" {self.words.get(word, word)} ".join(texts)

    def negation(self, value: listing.Expression) -> tuple[int, str]:
        """`not value`."""
        return SIGN, f"!{self.expression(value, ATOM)}"

    def choice(self, condition: listing.Expression, then: listing.Expression, otherwise: listing.Expression) -> str:
        """A choice."""
        chosen = self.expression(then, EITHER)
        return f"{self.expression(condition, EITHER)} ? {chosen} : {self.expression(otherwise)}"
