"""The text of an open file -> what an editor asks of it: what is wrong, what a name is worth, where it is from, edits.

Law: a text is parsed, checked and run once for each change, within limits that a person does not notice; every question
is answered from what that gave. A half-written text answers from its words alone. Nothing here writes, asks or raises.

Programs run with the defaults of their inputs; names that wait for an input without one say so, and nothing is
reported as wrong for that.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from lang import assist
from lang.check.scope import CONSTANTS
from lang.editors.words import words
from lang.entry import Entry, prepare
from lang.errors import AdError, MissingInput
from lang.evaluate.notes import Note
from lang.limits import Limits
from lang.lsp import recovery
from lang.lsp.slopes import Slopes
from lang.lsp.symbols import FUNCTION, Place, Waiting, places
from lang.session import Outcome, Session
from lang.show import remarks
from lang.show.numbers import number
from lang.source import Source, Span
from lang.syntax import tree
from lang.syntax.parse import parse
from lang.syntax.text import normal
from lang.syntax.unparse import unparse

LIMITS = Limits(steps=200_000, seconds=1.0, depth=200, tape_bytes=64 << 20)
"""Of a run, and of a translation."""
READING = LIMITS._replace(seconds=20.0)
"""Of reading a text: whoever changes it does not wait for that."""
NAME = re.compile(r"[^\W\d]\w*")
SIGN = re.compile(r"\*\*|//|[-+*/%]")
MOST_NAMED = 8
"""Inputs that are named where a value waits for many."""
Made = TypeVar("Made")


@dataclass(frozen=True)
class Edit:
    """A new text for a stretch of the old one."""

    span: Span
    text: str


class Document:
    """A text and what is known of it.

    Args:
        text: the file's text.
        name: what errors call it.
    """

    def __init__(self, text: str, name: str = "<program>") -> None:
        self.source = normal(Source(text, name))

    # --- reading --------------------------------------------------------------------------------------------

    @cached_property
    def lines(self) -> list[str]:
        """Its lines, without their ends."""
        return self.source.text.split("\n")

    @cached_property
    def _read(self) -> tree.Program | AdError:
        return _or_error(lambda: parse(self.source, READING))

    @cached_property
    def _entry(self) -> Entry | AdError:
        read = self._read
        return read if isinstance(read, AdError) else _or_error(lambda: prepare(self.source, READING, read=read))

    @property
    def program(self) -> tree.Program | None:
        """Its tree; None where it has none."""
        return None if isinstance(self._read, AdError) else self._read

    @cached_property
    def places(self) -> list[Place]:
        """Every place of every name."""
        return places(self.program) if self.program is not None else []

    @cached_property
    def _starts(self) -> list[int]:
        return [each.span[0] for each in self.places]

    @cached_property
    def ran(self) -> tuple[Session, Outcome]:
        """A run with the defaults of the inputs, and what it gave."""
        return self._run(Session(limits=LIMITS))

    def _run(self, session: Session) -> tuple[Session, Outcome]:
        entry = self._entry
        return session, Outcome(error=entry) if isinstance(entry, AdError) else session.execute(entry)

    @property
    def session(self) -> Session:
        """What a run left."""
        return self.ran[0]

    @property
    def outcome(self) -> Outcome:
        """What a run gave."""
        return self.ran[1]

    @cached_property
    def waiting(self) -> Waiting | None:
        """Which names wait for which inputs."""
        return Waiting(self.program) if self.program is not None else None

    @cached_property
    def slopes(self) -> Slopes | None:
        """The derivative statements that each line gives."""
        if self.program is None or self.waiting is None:
            return None
        return Slopes(self.program, self.source, self.places, self._starts, self.waiting, LIMITS)

    @cached_property
    def values(self) -> dict[str, float | bool]:
        """What each name is worth, as far as the inputs that have values tell."""
        if not isinstance(self.outcome.error, MissingInput) or self.waiting is None:
            return self.outcome.values
        open_ = Session(ask=lambda name, default: 1.0 if default is None else default, ieee=True, limits=LIMITS)
        known = self._run(open_)[1].values
        waits = self.waiting.after(self.waiting.open())
        return {name: value for name, value in known.items() if name not in waits}

    # --- what is wrong --------------------------------------------------------------------------------------

    def problems(self) -> list[AdError]:
        """What stops it: everything that is wrong before it runs, else the first thing that stops a run."""
        if isinstance(self._entry, AdError):
            return recovery.problems(self.source, READING, self._entry)
        stopped = self.outcome.error
        return [] if stopped is None or isinstance(stopped, MissingInput) else [stopped]

    def notes(self) -> list[Note]:
        """Awkward points that derivatives pass."""
        return remarks.merged(self.outcome.shown, self.outcome.notes) if self.program is not None else []

    # --- what a place holds ---------------------------------------------------------------------------------

    def word(self, offset: int) -> tuple[str, Span] | None:
        """The name or operator at a place."""
        start, stop = self._line(offset)
        for pattern in (NAME, SIGN):
            for found in pattern.finditer(self.source.text, start, stop):
                if found.start() <= offset <= found.end():
                    return found[0], found.span()
        return None

    def about(self, offset: int) -> tuple[str, Span] | None:
        """What there is to know about the word at a place, as Markdown."""
        found = self.word(offset)
        if found is None:
            return None
        name, span = found
        place = self.place(offset)
        if place is not None and place.scope != FUNCTION:
            return self._value(place), span
        known = assist.inspect(name, self.session)
        return (f"```text\n{known.text}\n```", span) if known is not None else None

    def _value(self, place: Place) -> str:
        """A name: its value, the statement that gives it, and the statement of its derivative."""
        values = self.values
        lines = [f"**{place.name}**"]
        if place.scope == 0 and place.name in values:
            lines[0] += f" = {number(values[place.name])}"
        elif place.scope == 0 and self.waiting is not None and (needed := self.waiting.needs(place.name)):
            asked = ", ".join(f"`{each}`" for each in needed[:MOST_NAMED]) + ", ..." * (len(needed) > MOST_NAMED)
            lines[0] += f" needs {asked}; `{needed[0]} = ? 1` gives it a value to show here"
        at = self.definition(place.span[0])
        if at is not None:
            line = self.source.position(at[0])[0]
            code = [self.source.line(line).strip(), *(self.slopes.of(line) if self.slopes else ())]
            lines.append("```adlang\n" + "\n".join(code) + "\n```")
            lines += self._rules(line)
        return "\n\n".join(lines)

    def _rules(self, line: int) -> list[str]:
        """The rules that a line's derivative follows."""
        found: dict[str, None] = {}
        start = self.source.line_starts()[line - 1]
        stop = start + len(self.source.line(line))
        for place in self.places[bisect_left(self._starts, start) : bisect_left(self._starts, stop)]:
            if place.scope == FUNCTION and not place.gives:
                known = assist.inspect(place.name)
                rule = re.search(r"rule +(.*)", known.text) if known and known.kind == "function" else None
                if rule:
                    found[rule[1].strip()] = None
        return ["rules:\n```adlang\n" + "\n".join(found) + "\n```"] if found else []

    def place(self, offset: int) -> Place | None:
        """The name at a place."""
        at = bisect_right(self._starts, offset)
        near = self.places[max(at - 2, 0) : at]  # a name may end where an operator begins
        return next((each for each in near if offset <= each.span[1] and NAME.fullmatch(each.name)), None)

    def definition(self, offset: int) -> Span | None:
        """Where the name at a place got its value: the last place above that gave it one, else the first below."""
        place = self.place(offset)
        if place is None:
            return None
        given = [each for each in self.same(place) if each.gives]
        above = [each for each in given if each.span <= place.span]
        return above[-1].span if above else given[0].span if given else None

    def same(self, place: Place) -> list[Place]:
        """Every place of the same name."""
        return [each for each in self.places if (each.name, each.scope) == (place.name, place.scope)]

    # --- edits ----------------------------------------------------------------------------------------------

    def renamable(self, offset: int) -> Place | None:
        """The name at a place, if it is the program's own."""
        place = self.place(offset)
        return place if place is not None and any(each.gives for each in self.same(place)) else None

    def rename(self, offset: int, new: str) -> list[Edit] | str:
        """The edits that give the name at a place another one, or why there are none."""
        place = self.renamable(offset)
        if place is None:
            return "only names that the program defines can be renamed"
        known = words()
        if not new.isidentifier() or new in (*known.keywords, *known.logic):
            return f"`{new}` cannot be a name"
        if new in known.functions or (place.scope == FUNCTION and new in CONSTANTS):
            return f"`{new}` is a name of the language"
        if any(each.name == new for each in self.places):
            return f"the program has a name `{new}` already"
        edits = [Edit(each.span, new) for each in self.same(place)]
        after = Document(edited(self.source.text, edits), self.source.name)
        return edits if self._runs() == after._runs() else f"`{new}` cannot stand here"

    def _runs(self) -> bool:
        return not isinstance(self._entry, AdError)

    def formatted(self) -> str | None:
        """The text in its one form; None where it has none."""
        return unparse(self.program) if self.program is not None else None

    def _line(self, offset: int) -> Span:
        line = self.source.position(offset)[0]
        start = self.source.line_starts()[line - 1]
        return start, start + len(self.source.line(line))


def edited(text: str, edits: list[Edit]) -> str:
    """A text after edits that stand in the order of their places."""
    pieces, end = [], 0
    for edit in edits:
        pieces += [text[end : edit.span[0]], edit.text]
        end = edit.span[1]
    return "".join([*pieces, text[end:]])


def _or_error(read: Callable[[], Made]) -> Made | AdError:
    try:
        return read()
    except AdError as error:
        return error
