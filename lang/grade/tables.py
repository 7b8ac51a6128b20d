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

from lang.errors import AdError, LimitExceeded, ParseError
from lang.grade import naming
from lang.grade.blame import Case, Detail, blame
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
ASSIGNED = re.compile(r"^([^\s=:]+)\s*[=:]\s*(.*)$")
QUOTIENT = re.compile(r"^[d∂](\w+)\s*/\s*[d∂](\w+)$")
BLANKS = re.compile(r"^(?:_{2,}|\?|-|\.\.\.|…)?$")
COMMA = re.compile(r"([-+−]?\d+),(\d+)")
SURE = re.compile(r"(?<![\d,.])[-+−]?(?:0,\d+|\d+,(?:\d{1,2}|\d{4,}))(?![\d,.])")
"""A number with a decimal comma, which no mark for thousands can be."""
VALUES = ("value", "values", "v", "wert", "primal")

Cells = dict[str, tuple[float | None, int]]


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
    """The numbers of a table, by quantity, with their lines; None for a blank.

    Raises:
        ParseError: a cell is no number.
    """
    found: Cells = {}
    heads: list[str] = []
    comma = False
    start = 0
    for number, line in enumerate(source.text.split("\n"), 1):
        place, start = (start, start + len(line)), start + len(line) + 1
        code = line.split("#")[0].strip()
        if not code or not code.strip("|-: +="):
            continue
        cells = [each.strip() for each in _split(code)]
        comma = comma or bool(any(map(SURE.fullmatch, cells)) and SURE.search(code))
        if not heads and _is_head(cells):
            heads = [each.lower() for each in cells]
            continue
        for name, text in _named(cells, heads, standard):
            value = _number(text, comma)
            if value is None and not BLANKS.match(text):
                hint = "a number has a decimal point" if COMMA.fullmatch(text) else "write one number in each cell"
                raise ParseError(f"`{text:.40}` is not a number", place, source=source, hint=hint)
            found[name] = (value, number)
    return found


def _is_head(cells: list[str]) -> bool:
    """Are these the names of columns?"""
    words = not any(NUMBER.fullmatch(each) or BLANKS.match(each) for each in cells[1:])
    return len(cells) > 1 and words and not any(ASSIGNED.match(each) for each in cells)


def _split(code: str) -> list[str]:
    if "|" in code:
        return code.strip("|").split("|")
    for sign in ("\t", ";", ","):
        if sign in code:
            return code.split(sign)
    return [code] if ASSIGNED.match(code) else re.split(r"\s{1,}", code)


def _named(cells: list[str], heads: list[str], standard: Standard) -> list[tuple[str, str]]:
    """The quantities that a row gives, each with its text."""
    owners = {of: quantity for quantity, of in standard.wanted.owners.items()}
    stated = ASSIGNED.match(cells[0])
    if stated and len(cells) > 1 and _number(stated[2]) is None and not any(map(ASSIGNED.match, cells[1:])):
        cells = [stated[1], *cells[1:]]  # the statement stands in the place of its name
    assigned = [found for each in cells if (found := ASSIGNED.match(each))]
    if assigned:
        return [(_quantity(found[1], standard), found[2].strip()) for found in assigned]
    name, rest = cells[0], cells[1:]
    if name.isdigit() and len(rest) > 1:
        name, rest, heads = rest[0], rest[1:], heads[1:]
    made = []
    for at, text in enumerate(rest):
        head = heads[at + 1] if at + 1 < len(heads) else ""
        plain = _quantity(name, standard)
        first_is_value = at == 0 and len(rest) > 1 and plain in owners
        if head in VALUES or (not head and first_is_value) or plain not in owners:
            made.append((plain, text))
        elif head not in ("statement", "step", "line"):
            made.append((owners[plain], text))
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
        value, line = self.cells.get(quantity, (None, 0))
        if value is None:
            self.known[quantity] = truth
            return Finding(quantity, quantity if line else "", line, BLANK if line else MISSING)
        before = dict(self.known)
        self.known[quantity] = value
        if close(value, truth, self.tolerance):
            return Finding(quantity, quantity, line, RIGHT)
        definitions = self.wanted.definitions.get(quantity, [])
        for each in self.wanted.roles:
            if each not in before and each != quantity and each in self.trial.truth:
                before[each] = self.trial.truth[each][-1]
        case = Case(self.wanted, quantity, [before], [value], [truth], self.tolerance, definitions=tuple(definitions))
        local = self.standard.calculator.numbers([each.local for each in definitions], [before])
        if self.wanted.roles[quantity] != SEED and any(case.matches(row) for row in local):
            return Finding(quantity, quantity, line, CARRIED)
        key, detail = self._by_calculator(case) or blame(case, self.standard.calculator)
        return Finding(quantity, quantity, line, WRONG, mistake=key, detail=detail)


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
