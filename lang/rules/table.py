"""`grammar/rules.ad` -> the table of primitives: the only reader of the only place that knows a derivative.

Law: a primitive is what its line says. Its name, its parameters, its differential, its domain and its kinks come from
the line, and everything else in the project asks the table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, cached_property

from lang.errors import RuleError
from lang.grammar_files import read
from lang.rules.linear import coefficient, restrict
from lang.rules.verify import verify_different, verify_rule
from lang.source import Source
from lang.syntax import tree
from lang.syntax.parse import parse_rules

OPERATOR_NAMES = {
    "add": ("+", 2),
    "sub": ("-", 2),
    "mul": ("*", 2),
    "div": ("/", 2),
    "pow": ("**", 2),
    "neg": ("-", 1),
    "pos": ("+", 1),
    "floordiv": ("//", 2),
    "mod": ("mod", 2),
}

SIGNS = {"%": "mod", "pow": "**"}
"""An operator that is another way to write a function, and a function that is another way to write an operator."""

PARTS = re.compile(r"^# what the rules above are made of.*?\n\n", re.DOTALL | re.MULTILINE)
"""The lines of the table with functions that are there for other rules: from their headline to a blank line."""


@dataclass(frozen=True, eq=False)
class Primitive:
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

    name: str
    parameters: tuple[str, ...]
    differential: tree.Expression
    domain: tree.Expression | None
    kink: tree.Expression | None
    vertical: tree.Expression | None
    lecture: tree.Expression | None
    fixed: frozenset[str]
    discrete: frozenset[str]
    rule: tree.Rule
    part: bool = False
    _partials: dict[int, tree.Expression | None] = field(default_factory=dict, repr=False)

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


class Table:
    """All primitives and their other names."""

    def __init__(self, primitives: Iterable[Primitive], aliases: Iterable[tuple[str, str]]) -> None:
        self.primitives = tuple(primitives)
        self.aliases = dict(aliases)
        self._canonical = {**self.aliases, **SIGNS}
        self._by_key = {(each.name, each.arity): each for each in self.primitives}
        self._arities: dict[str, tuple[int, ...]] = {}
        for name, arity in self._by_key:
            self._arities[name] = (*self._arities.get(name, ()), arity)

    def find(self, name: str, arity: int) -> Primitive | None:
        """The primitive that `name` with `arity` operands means, through its aliases; None where there is none."""
        found = self._by_key.get((name, arity))
        return found or self._by_key.get((self._canonical.get(name, name), arity))

    def arities(self, name: str) -> tuple[int, ...]:
        """The numbers of operands a function name takes; empty where the table does not know it."""
        return self._arities.get(name) or self._arities.get(self._canonical.get(name, name), ())

    def function_names(self) -> tuple[str, ...]:
        """Every name a program may call, aliases included."""
        names = dict.fromkeys(each.name for each in self.primitives if not each.is_operator)
        return (*names, *self.aliases, *(name for name in SIGNS if name.isidentifier()))

    def lookup(self, word: str) -> tuple[Primitive, ...]:
        """What a word means to a person: `sin`, `mul`, `*`, `log` (both of them)."""
        if word in OPERATOR_NAMES:
            found = self.find(*OPERATOR_NAMES[word])
            return (found,) if found else ()
        name = self._canonical.get(word, word)
        return tuple(each for each in self.primitives if each.name == name)


@cache
def table() -> Table:
    """The table of `grammar/rules.ad`, read once.

    Raises:
        RuleError: a line is not a rule (not linear in its differentials, an unknown function), with its place.
    """
    return load(Source(read("rules.ad"), "rules.ad"))


def load(source: Source) -> Table:
    """The table that a text in the notation of `grammar/rules.ad` describes.

    Raises:
        ParseError: the text is not in the notation. RuleError: a line is not a rule.
    """
    lines = parse_rules(source)
    try:
        parts = PARTS.search(source.text)
        start, end = parts.span() if parts else (0, 0)
        primitives = [primitive(line, start <= line.span[0] < end) for line in lines if isinstance(line, tree.Rule)]
        aliases = [line for line in lines if isinstance(line, tree.Alias)]
        found = Table(primitives, ((line.new, line.old) for line in aliases))
        verify_different((each.rule, each.name, each.arity) for each in primitives)
        for each in primitives:
            verify_rule(each.rule, each.parameters, lambda name, arity: found.find(name, arity) is not None)
        for line in aliases:
            if not found.arities(line.old):
                raise RuleError(f"there is no `{line.old}` to give another name", line.span)
    except RuleError as error:
        raise error.within(source) from None
    return found


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
    fixed = clauses.get("fixed")
    return Primitive(
        name=left.function,
        parameters=parameters,
        differential=rule.right,
        domain=clauses.get("domain"),
        kink=clauses.get("kink"),
        vertical=clauses.get("vertical"),
        lecture=clauses.get("lecture"),
        fixed=frozenset({fixed.name} if isinstance(fixed, tree.Name) else ()),
        discrete=frozenset(_conditions(rule.right) & set(parameters)),
        rule=rule,
        part=part,
    )


def _conditions(expression: tree.Expression) -> set[str]:
    """Names that stand as a whole condition (`da if p else db`)."""
    found: set[str] = set()
    pending: list[object] = [expression]
    while pending:
        node = pending.pop()
        if isinstance(node, tree.Choice) and isinstance(node.condition, tree.Name):
            found.add(node.condition.name)
        if isinstance(node, tuple):
            pending.extend(node)
        elif hasattr(node, "__dataclass_fields__"):
            pending.extend(tree.parts(node))
    return found
