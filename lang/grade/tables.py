"""A table of numbers that somebody worked out by hand -> findings, row by row.

Law: a row is judged like a line of a program: a number that follows from wrong numbers above it is right for what it
was given.

    | name | value | derivative |        a = 2.1          dz/dx = 5.07
    | a    | 2.1   | 4.2        |        da = 4.2         gx = 5.07
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import pi
from typing import NamedTuple

from lang.errors import AdError, LimitExceeded, ParseError
from lang.grade import naming
from lang.grade.blame import UNSURE, Case, Detail, blame
from lang.grade.differential import variants
from lang.grade.facts import BLANK, CARRIED, GRADED, MISSING, RIGHT, WRONG, Finding, Verdict
from lang.grade.quantities import INPUT, SEED, VALUE
from lang.grade.standard import Standard
from lang.grade.trials import close
from lang.source import Source
from lang.syntax import tree
from lang.syntax.text import admit, decode
from lang.transform.expressions import apply, constant

NUMBER = re.compile(r"[-+−]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+−]?\d+)?")
ASSIGNED = re.compile(r"^([^\s=:≈]+)\s*[=:≈]\s*(.*)$")
QUOTIENT = re.compile(r"^[d∂](\w+)\s*/\s*[d∂](\w+)$")
BLANKS = re.compile(r"^(?:_{2,}|\?|-|\.\.\.|…)?$")
COMMA = re.compile(r"([-+−]?\d+),(\d+)")
SURE = re.compile(r"(?<![\d,.])[-+−]?(?:0,\d+|\d+,(?:\d{1,2}|\d{4,}))(?![\d,.])")
"""A number with a decimal comma, which no mark for thousands can be."""
VALUES = ("value", "values", "v", "wert", "primal")

POINT = re.compile(r"\d\.\d")
"""Where it stands nowhere, no comma is a mark for thousands."""
BETWEEN = re.compile(r",(?!\d)|(?<!\d),")
"""A comma that is in no number."""
ROUNDED = 0.1
"""How far off, in parts of the right number, what was rounded may be."""


class Cell(NamedTuple):
    """What is given for a quantity: a number or none, on which line, how it is written, and under which name."""

    value: float | None
    line: int
    text: str
    name: str


Cells = dict[str, Cell]


def read_table(data: bytes | str, file: str, standard: Standard) -> Verdict:
    """What is right in a table of numbers."""
    try:
        source = (
            Source(data, file) if isinstance(data, str) else decode(data[: standard.limits.source_chars * 4 + 4], file)
        )
        source = admit(source, standard.limits)
        cells = _cells(source, standard)
    except LimitExceeded as error:
        return Verdict("stopped", error=error)
    except AdError as error:
        return Verdict("broken", error=error)
    return _Table(standard, cells).verdict()


def _cells(source: Source, standard: Standard) -> Cells:
    """The numbers of a table, by quantity.

    Raises:
        ParseError: a cell is no number that can be told from another.
    """
    given: Cells = {}
    heads: list[str] = []
    comma = POINT.search(source.text) is None
    start = 0
    for number, line in enumerate(source.text.split("\n"), 1):
        place, start = (start, start + len(line)), start + len(line) + 1
        code = line.split("#")[0].strip()
        if not code or not code.strip("|-: +="):
            continue
        cells = [each.strip() for each in _split(code)]
        comma = comma or any(
            map(SURE.fullmatch, [*cells, *(found[2] for found in map(ASSIGNED.match, cells) if found)])
        )
        if not heads and _is_head(cells):
            heads = [each.lower() for each in cells]
            continue
        for name, text, word in _named(cells, heads, standard):
            value = _number(text, comma)
            if value is None and COMMA.fullmatch(text):
                hint = "a number has a decimal point"
                raise ParseError(f"`{text:.40}` is not a number", place, source=source, hint=hint)
            given[name] = Cell(value, number, text, word)
    return given


def _is_head(cells: list[str]) -> bool:
    """Are these the names of columns?"""
    words = not any(NUMBER.fullmatch(each) or BLANKS.match(each) for each in cells[1:])
    return len(cells) > 1 and words and not any(ASSIGNED.match(each) for each in cells)


def _split(code: str) -> list[str]:
    if "|" in code:
        return code.strip("|").split("|")
    for sign in ("\t", ";"):
        if sign in code:
            return code.split(sign)
    if "," in code:
        return BETWEEN.split(code) if ASSIGNED.match(code) else code.split(",")
    return [code] if ASSIGNED.match(code) else re.split(r"\s{1,}", code)


def _named(cells: list[str], heads: list[str], standard: Standard) -> list[tuple[str, str, str]]:
    """The quantities that a row gives, each with its text and with what the row calls it."""
    owners = {of: quantity for quantity, of in standard.wanted.owners.items()}
    stated = ASSIGNED.match(cells[0])
    if stated and len(cells) > 1 and _number(stated[2]) is None and not any(map(ASSIGNED.match, cells[1:])):
        cells = [stated[1], *cells[1:]]  # the statement stands in the place of its name
    assigned = [found for each in cells if (found := ASSIGNED.match(each))]
    if assigned:
        return [(_quantity(found[1], standard), found[2].strip(), found[1].strip("`$ ")) for found in assigned]
    name, rest = cells[0], cells[1:]
    if name.isdigit() and len(rest) > 1:
        name, rest, heads = rest[0], rest[1:], heads[1:]
    made = []
    for at, text in enumerate(rest):
        head = heads[at + 1] if at + 1 < len(heads) else ""
        plain = _quantity(name, standard)
        first_is_value = at == 0 and len(rest) > 1 and plain in owners
        if head in VALUES or (not head and first_is_value) or plain not in owners:
            made.append((plain, text, plain))
        elif head not in ("statement", "step", "line"):
            made.append((owners[plain], text, owners[plain]))
    return made


def _quantity(word: str, standard: Standard) -> str:
    word = word.strip().strip("`$")
    quotient = QUOTIENT.match(word)
    if quotient:
        word = ("g" + quotient[2]) if standard.wanted.backwards else ("d" + quotient[1])
    return naming.by_words([word], standard.wanted).get(word, word)


def _number(text: str, comma: bool = False) -> float | None:
    text = text.strip().strip("`$").lstrip("≈~").strip().replace("−", "-")
    text = text.replace(",", ".") if comma and COMMA.fullmatch(text) else text
    return float(text) if NUMBER.fullmatch(text) else None


class _Table:
    def __init__(self, standard: Standard, cells: Cells) -> None:
        self.standard, self.wanted, self.cells = standard, standard.wanted, cells
        self.trial = standard.trials[0]
        self.tolerance = standard.exercise.tolerance
        self.known: dict[str, float] = dict(self.trial.given)
        self.degrees: set[str] = set()

    def verdict(self) -> Verdict:
        asked = [each for each, role in self.wanted.roles.items() if self._is_asked(each, role)]
        if self.standard.exercise.kind == "gradient":
            asked = list(self.wanted.required)
        asked.sort(key=lambda each: self.wanted.roles[each] != VALUE)  # no value follows from a derivative
        findings = [self._finding(each) for each in asked]
        whole = bool(findings) and all(each.status == RIGHT for each in findings)
        met: dict[int | None, bool] = dict.fromkeys(range(len(self.standard.exercise.checks)), whole)
        order = sorted(findings, key=lambda each: (each.line == 0, each.line, each.quantity in self.wanted.owners))
        return Verdict(GRADED, order, {**met, None: whole})

    def _is_asked(self, quantity: str, role: str) -> bool:
        if self.standard.exercise.kind == "gradient":
            return quantity in self.wanted.required
        return role not in (INPUT, SEED) or (role == SEED and self.wanted.backwards)

    def _finding(self, quantity: str) -> Finding:
        truth = self.trial.truth[quantity][-1]
        value, line, text, name = self.cells.get(quantity, Cell(None, 0, "", self._called(quantity)))
        if value is None:
            self.known[quantity] = truth
            if not BLANKS.match(text):
                words = (("name", name), ("op", text))
                return Finding(quantity, name, line, WRONG, mistake="no-number", detail=words)
            return Finding(quantity, name, line, BLANK if line else MISSING)
        before = dict(self.known)
        self.known[quantity] = value
        if close(value, truth, self.tolerance):
            return Finding(quantity, name, line, RIGHT)
        definitions = self.wanted.definitions.get(quantity, [])
        for each in self.wanted.roles:
            if each not in before and each != quantity and each in self.trial.truth:
                before[each] = self.trial.truth[each][-1]
        case = Case(self.wanted, quantity, [before], [value], [truth], self.tolerance, definitions=tuple(definitions))
        local = self.standard.calculator.numbers([each.local for each in definitions], [before])
        if self.wanted.roles[quantity] != SEED and any(case.matches(row) for row in local):
            return Finding(quantity, name, line, CARRIED)
        key, detail = (
            self._rounded(case, text, [truth, *(row[0] for row in local)])
            or self._by_calculator(case)
            or blame(case, self.standard.calculator)
        )
        if key in UNSURE:
            key, detail = self._of_another(case) or (key, detail)
        return Finding(quantity, name, line, WRONG, mistake=key, detail=detail)

    def _called(self, quantity: str) -> str:
        """What a quantity is called where nobody gives it a name."""
        of = self.standard.exercise.of
        owner = self.wanted.owners.get(quantity, "")
        return (
            f"d{of[0]}/d{owner}" if self.standard.exercise.kind == "gradient" and len(of) == 1 and owner else quantity
        )

    def _rounded(self, case: Case, text: str, right: list[float]) -> tuple[str, Detail] | None:
        """A right number with too few digits."""
        places = len(text.replace(",", ".").partition(".")[2].strip("`$ ")) if "e" not in text.lower() else 0
        near = any(
            abs(case.made[0] - each) <= min(0.5001 * 10.0**-places, ROUNDED * abs(each))
            for each in right
            if each - each == 0.0
        )
        return ("rounded", (("name", case.quantity),)) if near else None

    def _of_another(self, case: Case) -> tuple[str, Detail] | None:
        """The number that another name has, of those that are asked for like it."""
        role = self.wanted.roles[case.quantity]
        for other, truth in self.trial.truth.items():
            alike = other != case.quantity and self.wanted.roles.get(other) == role
            if alike and close(case.made[0], truth[-1], self.tolerance):
                return "of-another", (("name", case.quantity), ("other", self._called(other)))
        return None

    def _by_calculator(self, case: Case) -> tuple[str, Detail] | None:
        """What goes wrong with a calculator and a table: degrees, or the derivative in the column of values."""
        owner = self.wanted.owners.get(case.quantity, case.quantity)
        words = (("name", case.quantity), ("other", owner))
        for made in case.definitions:
            asked = owner in self.degrees or owner == case.quantity
            turned = list(variants(made.local, _in_degrees)) if asked else []
            for numbers in self.standard.calculator.numbers(turned, case.points) if turned else ():
                if case.matches(numbers):
                    self.degrees.add(owner)
                    return "degrees", words
        for tangent, of in self.wanted.owners.items():
            moved = self.trial.truth.get(tangent, ())[-1:]
            if of == case.quantity and moved and close(case.made[0], moved[0], self.tolerance):
                return "derivative-for-value", words
        return None


def _in_degrees(node: tree.Expression) -> Iterator[tree.Expression]:
    """A call with its operand taken to be in degrees."""
    if isinstance(node, tree.Apply) and node.function.isidentifier() and len(node.arguments) == 1:
        turned = apply("*", node.arguments[0], constant(pi / 180.0))
        yield tree.Apply(node.function, (turned,), node.span, node.name_span)


__all__ = ["VALUE", "read_table"]
