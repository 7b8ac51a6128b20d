"""A text that a stranger wrote -> entries that can be run and watched, or why not.

Law: whatever the text holds, the answer is a `Submission`; only a fault of this project's own raises anything.

What is not a program at all is broken. Where one line means nothing or cannot be read, the lines above it are still
marked. A blank (`da = ___`, `da =`) is filled with the right value, so the lines under it can be marked; the blank
itself earns nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from lang.entry import Entry, prepare
from lang.errors import AdError, CheckError, LimitExceeded, ParseError, RuleError
from lang.grade.exercise import Exercise
from lang.grade.facts import BROKEN, GRADED, REFUSED, STOPPED
from lang.grade.outline import flat
from lang.grade.wanted import Expected
from lang.limits import Limits
from lang.source import Source, Span
from lang.syntax import tree
from lang.syntax.parse import parse
from lang.syntax.text import decode
from lang.syntax.unparse import unparse
from lang.syntax.walk import nodes
from lang.transform.expressions import mentions, name, substitute

BLANK = re.compile(r"_{3,}")
STATEMENT = re.compile(r"(?!elif\b|else\b)[^\s#)\]]")
"""How a line begins that may begin a statement of its own."""
GIVEN = re.compile(r"\s*(\w+)\s*(?:\*\*|[-+*/])?=(?!=)")
"""A line that gives a name a value."""
EMPTY = re.compile(r"\s*(?:_+|\.\.\.|…)?\s*")
"""A right side on which nothing stands yet."""
MOST_CUTS = 40
"""How often a text is cut above what cannot be read."""


class Unset(NamedTuple):
    """A name that is read before it has a value.

    Attributes:
        word: the name.
        target, line: what the line that reads it gives a value to, and where that is.
        later: does that line or one below it give it a value that is not computed from its own?
    """

    word: str
    target: str
    line: int
    later: bool


@dataclass
class Submission:
    """A text, read.

    Attributes:
        source: the text.
        state: `graded` where it can be run.
        error: what is wrong with it; with state `graded`, what made the lines from there on be left out.
        entries: what runs, in order; the exercise's own program may come first.
        body: the statements that run, of the text itself.
        blanks: names whose values were left blank, with their lines.
        unset: where the first wrong line reads a name that has no value.
        never: the names that it and the lines below it would give values, which do not run.
        cut: the line from which on nothing runs, from 1; 0 where all does.
    """

    source: Source
    state: str = GRADED
    error: AdError | None = None
    entries: tuple[Entry, ...] = ()
    body: tree.Block = ()
    blanks: dict[str, int] = field(default_factory=dict)
    unset: Unset | None = None
    never: frozenset[str] = frozenset()
    cut: int = 0


def read(data: bytes | str, label: str, exercise: Exercise, wanted: Expected, limits: Limits) -> Submission:
    """Read a submission."""
    source = Source(data, label) if isinstance(data, str) else Source("", label)
    try:
        if isinstance(data, bytes):
            source = decode(data[: 4 * limits.source_chars + 4], label)
        return _read(source, exercise, wanted, limits)
    except LimitExceeded as error:
        return Submission(source, STOPPED, error)
    except AdError as error:
        return Submission(error.source or source, BROKEN, error)


def _read(source: Source, exercise: Exercise, wanted: Expected, limits: Limits) -> Submission:
    blanked, blanks = _blanks(source, exercise, wanted)
    made = Submission(source, blanks=blanks)
    try:
        program = parse(blanked, limits)
    except ParseError as error:
        program = _readable(made, blanked, error, limits)
        blanked = program.source
    if exercise.kind != "value":
        cheat = next((each for each in nodes(program.body) if isinstance(each, tree.Derivative)), None)
        if cheat is not None:
            refused = CheckError(
                "derivatives are to be written by hand here, without `'`", cheat.span, source=program.source
            )
            return Submission(source, REFUSED, refused)
    before: tuple[Entry, ...] = ()
    entry: Entry | None = None
    unruly: RuleError | None = None
    if exercise.kind == "rule" and not blanks:
        whole = _without_earlier(program, exercise.rule)
        program, blanked = _ruled(program, exercise, wanted)
        unruly = _unruly(whole, wanted, limits)
    if exercise.kind != "value" and (exercise.kind in ("rule", "fill") or exercise.form != "interleaved"):
        seeds = "".join(f"{each} = ?\n" for each in wanted.seeds.values()) if exercise.kind == "rule" else ""
        given = prepare(Source(wanted.primal + seeds, "exercise"), Limits())
        alone = exercise.kind != "rule" and exercise.form == "any"
        entry, stands = _alone(program, wanted, limits) if alone else (None, False)
        before = () if stands else (given,)
    try:
        entry = entry or _entry(blanked, before, limits)
    except CheckError as error:
        if unruly is not None:
            raise unruly from error
        entry = _above(made, program, error, before, limits)
    made.error = made.error or unruly
    made.entries = (*before, entry)
    made.body = entry.checked.program.body
    return made


def _entry(source: Source, before: tuple[Entry, ...], limits: Limits) -> Entry:
    if not before:
        return prepare(source, limits)
    (first,) = before
    from lang.steps import form
    from lang.steps.walk import assigned

    functions = {each.procedure.name: each.procedure for each in first.steps if isinstance(each, form.Define)}
    return prepare(source, limits, first.checked.scope, functions, assigned(first.steps))


def _alone(program: tree.Program, wanted: Expected, limits: Limits) -> tuple[Entry | None, bool]:
    """The text as a program without the exercise's own before it, and does it mean to be one?

    One that asks for all inputs means to be, right or wrong.
    """
    try:
        return prepare(program.source, limits), True
    except CheckError:
        asked = [each.target.name for each in program.body if isinstance(each, tree.Input)]
        return None, bool(asked) and set(wanted.inputs) <= set(asked)


def _above(made: Submission, program: tree.Program, error: AdError, before: tuple[Entry, ...], limits: Limits) -> Entry:
    """The part of a program above the line that means nothing."""
    made.error = error
    if error.span is None:
        raise error
    failing = next((each for each in program.body if each.span[0] <= error.span[0] < each.span[1]), None)
    if failing is None:
        raise error
    left = [each for each in flat(program.body) if isinstance(each, tree.Assign) and each.span[0] >= failing.span[0]]
    made.never |= {target.name for each in left for target in each.targets}
    made.cut = program.source.position(failing.span[0])[0]
    made.unset = _unset(left, program.source, error.span)
    return _entry(Source(program.source.text[: failing.span[0]], program.source.name), before, limits)


def _readable(made: Submission, source: Source, error: ParseError, limits: Limits) -> tree.Program:
    """The part of a text above the statement that cannot be read.

    Raises:
        ParseError: the text's own, where nothing is left.
    """
    if error.span is None:
        raise error
    lines = source.text.split("\n")
    end = source.position(min(error.span[0], len(source.text)))[0] - 1
    for _ in range(MOST_CUTS):
        while end > 0 and not STATEMENT.match(lines[end]):
            end -= 1
        try:
            program = parse(Source("".join(f"{line}\n" for line in lines[:end]), source.name), limits)
        except ParseError:
            end -= 1
            continue
        if not program.body:
            break
        made.error, made.cut = error, end + 1
        made.never = frozenset(found[1] for line in lines[end:] if (found := GIVEN.match(line)))
        made.blanks = {name: line for name, line in made.blanks.items() if line <= end}
        return program
    raise error


def _unset(lines: list[tree.Assign], source: Source, span: Span) -> Unset | None:
    """The name at this place of an assignment."""
    failing = next((each for each in lines if each.span[0] <= span[0] < each.span[1]), None)
    word = source.slice(span)
    if failing is None or not word.isidentifier():
        return None
    later = any(
        each.operator is None and word not in set().union(*map(mentions, each.values))
        for each in lines
        for target in each.targets
        if target.name == word
    )
    return Unset(word, failing.targets[0].name, source.position(failing.span[0])[0], later)


# --- blanks -------------------------------------------------------------------------------------------------------


def _blanks(source: Source, exercise: Exercise, wanted: Expected) -> tuple[Source, dict[str, int]]:
    """The text with every right side that holds a blank made an input, and the names whose these are; a rule with a
    blank is the one that is asked.
    """
    blanks: dict[str, int] = {}
    lines = source.text.split("\n")
    for number, line in enumerate(lines, 1):
        code = line.split("#")[0]
        left, equals, right = code.partition("=")
        if exercise.kind == "rule" and "=>" in code and BLANK.search(right):
            left = wanted.required[0]
        blank = equals and (BLANK.search(right) or EMPTY.fullmatch(right))
        if blank and left.strip().isidentifier():
            blanks[left.strip()] = number
            lines[number - 1] = f"{left} = ?"
    return Source("\n".join(lines), source.name) if blanks else source, blanks


def _unruly(source: Source, wanted: Expected, limits: Limits) -> RuleError | None:
    """What is wrong with a rule as a rule, in the words of its own text.

    Raises:
        CheckError: another line is no statement of a program.
    """
    try:
        _entry(source, (prepare(Source(wanted.primal, "exercise"), Limits()),), limits)
    except RuleError as error:
        return error
    return None


def _without_earlier(program: tree.Program, function: str) -> Source:
    """The text without the rules for a function that a later one replaces."""
    rules = [each for each in program.body if isinstance(each, tree.Rule) and isinstance(each.left, tree.Apply)]
    own = [each for each in rules if isinstance(each.left, tree.Apply) and each.left.function == function]
    text = program.source.text
    for first, last in (each.span for each in own[:-1]):
        text = text[:first] + re.sub(r"[^\n]", " ", text[first:last]) + text[last:]
    return Source(text, program.source.name)


# --- rules --------------------------------------------------------------------------------------------------------


def _ruled(program: tree.Program, exercise: Exercise, wanted: Expected) -> tuple[tree.Program, Source]:
    """`w = f(p, q) => dw = ...` as the statement `dc = ...` on the same line, in the exercise's names."""
    asked = exercise.rule
    for each in reversed(program.body):  # of several rules for a function the last holds
        if not isinstance(each, tree.Rule) or not isinstance(each.left, tree.Apply) or each.left.function != asked:
            continue
        operands = [one.name for one in each.left.arguments if isinstance(one, tree.Name)]
        if len(operands) != len(wanted.inputs):
            break
        words: dict[str, tree.Expression] = {each.result.name: name("c")}
        for own, known in zip(operands, wanted.inputs, strict=True):
            words |= {own: name(known), "d" + own: name(wanted.seeds.get(known, "d" + known))}
        line = program.source.position(each.span[0])[0]
        text = "\n" * (line - 1) + f"{wanted.required[0]} = {unparse(substitute(each.right, words, fold=False))}"
        source = Source(text, program.source.name)
        return parse(source), source
    raise CheckError(
        f"there is no rule for `{asked}` here",
        (0, 0),
        source=program.source,
        hint=f"write it like `c = {asked}({', '.join(wanted.inputs)}) => dc = ...`",
    )
