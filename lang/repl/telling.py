"""What came of an entry -> pieces of text with roles: values, answers, notes, what stopped it.

Law: what is shown is what the command line would show, in the terminal's width, with programs in colours; rounding
(`:precision`) rounds what is seen and nothing else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from lang.assist import Inspection, highlight
from lang.assist.words import words
from lang.clock import within
from lang.diagnostic import Segment, segments
from lang.errors import AdError, LimitExceeded
from lang.evaluate.run import Shown
from lang.limits import Limits
from lang.session import Outcome, Session
from lang.show import forms, remarks, text
from lang.source import Source
from lang.steps.program import assigned_names
from lang.syntax import tree
from lang.syntax.parse import parse, parse_rules
from lang.verbs.core.answer import Answer, Grid, Piece, Values

Block = list[Segment]
IN_LISTINGS = {"unknown": "name", "number": "constant"}
"""Roles in programs that are shown: numbers have the colour that they have while they are typed."""
MARGIN = "    "
"""What examples in a topic's text begin with."""


def told(
    outcome: Outcome,
    columns: int,
    digits: int = 0,
    hidden: Collection[str] = (),
    known: Session | None = None,
    body: tree.Block = (),
) -> tuple[list[Block], list[Block]]:
    """What tells what an entry did: its answers, then the remarks about them and what stopped it.

    Args:
        columns: the terminal's width.
        digits: significant digits to show; 0 for all.
        hidden: names whose values need not be said, because they have just been typed.
        known: whose names are known in programs that are shown.
        body: the entry's statements; what a loop changes is told behind what it shows.
    """
    said = [remarks.note(each, columns) for each in remarks.merged(outcome.shown, outcome.notes)]
    stopped = outcome.error
    answers: list[Block] = []
    try:
        with within((known.settings.limits if known else Limits()).seconds):
            answers += _answers(outcome, columns, digits, hidden, known, body)
    except LimitExceeded as error:
        stopped = stopped or error
    if stopped is not None:
        said.append(list(segments(stopped, columns=columns)))
    return answers, said


def _answers(
    outcome: Outcome, columns: int, digits: int, hidden: Collection[str], known: Session | None, body: tree.Block
) -> Iterator[Block]:
    late = _late(outcome, body)
    named = {name: value for name, value in outcome.values.items() if name not in hidden}
    after = {name: named.pop(name) for name in list(named) if name in late}
    if named:
        yield values(named, digits)
    if outcome.shown:
        shown = [_rounded(each, digits) for each in outcome.shown]
        yield coloured(forms.everything(shown, columns), known)
    if after:
        yield values(after, digits)


def _late(outcome: Outcome, body: tree.Block) -> set[str]:
    """The names that are changed by blocks which show something."""
    places = [each.span[0] for each in outcome.shown if isinstance(each, Shown)]
    blocks = [each for each in body if isinstance(each, tree.For | tree.While | tree.If)]
    showing = [each for each in blocks if any(each.span[0] <= place < each.span[1] for place in places)]
    return assigned_names(showing)


def values(named: dict[str, float | bool], digits: int = 0) -> list[Segment]:
    """Names with their values."""
    return text.rows([(name, (rounded(value, digits),)) for name, value in named.items()])


def rounded(value: float | bool, digits: int) -> float | bool:
    """A value to so many significant digits; as it is where that is 0."""
    return value if not digits or isinstance(value, bool) else float(f"{value:.{digits}g}")


def _rounded(each: Shown | Answer, digits: int) -> Shown | Answer:
    if not digits:
        return each
    if isinstance(each, Shown):
        return each._replace(values=tuple(rounded(value, digits) for value in each.values))
    return each.but(pieces=tuple(_piece(piece, digits) for piece in each.pieces))


def _piece(piece: Piece, digits: int) -> Piece:
    if isinstance(piece, Values):
        return piece._replace(rows=tuple((name, rounded(value, digits)) for name, value in piece.rows))
    if isinstance(piece, Grid):
        return piece._replace(rows=tuple(tuple(_cell(cell, digits) for cell in row) for row in piece.rows))
    return piece


def _cell(cell: str | float, digits: int) -> str | float:
    return cell if isinstance(cell, str) else rounded(cell, digits)


def coloured(pieces: Iterable[Segment], known: Session | None = None) -> list[Segment]:
    """Pieces in which runs of code that are programs of the language are in colours."""
    made: list[Segment] = []
    run: list[str] = []
    for piece, role in [*pieces, ("", "end")]:
        if role == "code" or (run and piece == "\n"):
            run.append(piece)
            continue
        if run:
            made += program("".join(run), known)
            run = []
        if role != "end":
            made.append((piece, role))
    return made


def page(found: Inspection) -> list[Segment]:
    """What there is to know about a name, its code in colours: rules and conditions, examples, lines of a topic."""
    made: list[Segment] = []
    for piece, role in found.pieces:
        code = piece.lstrip(" ")
        example = found.kind == "function" or (found.kind == "verb" and code == found.example)
        if role == "code" or (example and not role):
            made += [(piece[: len(piece) - len(code)], ""), *(program(code) if "\n" in code else line(code))]
        elif found.kind == "topic" and not role:
            for at, each in enumerate(piece.split("\n")):
                made += [("\n" * bool(at), ""), *(line(each) if each.startswith(MARGIN) else [(each, "")])]
        else:
            made.append((piece, role))
    return made


def line(code: str) -> list[Segment]:
    """One line of code in colours, whatever it is: a statement, a rule, a command of the prompt. Names that look like
    derivatives are taken for such.
    """
    if code[:1] in (":", "?") and len(code) > 1:
        word, blank, rest = code.partition(" ")
        return [(word, "verb"), (blank + rest, "")]
    names = [word.text for word in words(code) if word.kind == "name" and word.text[0] in "dg" and len(word.text) == 2]
    known = "".join(f"{name} = 0; {name[1:]} = 0; " for name in names)
    return _marked(code, None, known)


def program(code: str, known: Session | None = None) -> list[Segment]:
    """A program of the language in colours, or rules of it; any other text as it is."""
    source = Source(code)
    try:
        parse_rules(source) if "=>" in code else parse(source)
    except AdError:
        return [(code, "code")]
    return _marked(code, known)


def _marked(code: str, known: Session | None, before: str = "") -> list[Segment]:
    made: list[Segment] = []
    at = 0
    for start, end, role in highlight(before + code, known):
        if start < len(before):
            continue
        start, end = start - len(before), end - len(before)
        made += [(code[at:start], ""), (code[start:end], IN_LISTINGS.get(role, role))]
        at = end
    return [*made, (code[at:], "")]
