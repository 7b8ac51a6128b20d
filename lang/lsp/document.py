"""The text of an open file -> what an editor asks of it: what is wrong, what a name is worth, where it is from, edits.

Law: a text is parsed, checked and run once for each change, within limits that a person does not notice; every question
is answered from what that gave. A half-written text answers from its words alone. Nothing here writes, asks or raises.

Programs run with the defaults of their inputs; names that wait for an input without one say so, and nothing is
reported as wrong for that.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from lang import assist
from lang.check.scope import CONSTANTS
from lang.editors.words import words
from lang.entry import prepare
from lang.errors import AdError, MissingInput
from lang.evaluate.notes import Note
from lang.limits import Limits
from lang.lsp import recovery
from lang.lsp.symbols import FUNCTION, Place, needs, places
from lang.program import Program
from lang.session import Outcome, Session
from lang.show import remarks
from lang.show.numbers import number
from lang.source import Source, Span
from lang.syntax import tree
from lang.syntax.parse import parse
from lang.syntax.text import normal
from lang.syntax.unparse import unparse

LIMITS = Limits(steps=200_000, seconds=1.0, depth=200, tape_bytes=64 << 20, source_chars=1_000_000, nesting=1_000)
NAME = re.compile(r"[^\W\d]\w*")
SIGN = re.compile(r"\*\*|//|[-+*/%]")


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
        self.session = Session(limits=LIMITS)

    # --- reading --------------------------------------------------------------------------------------------

    @cached_property
    def program(self) -> tree.Program | None:
        """Its tree; None where it has none."""
        try:
            return parse(self.source, LIMITS)
        except AdError:
            return None

    @cached_property
    def places(self) -> list[Place]:
        """Every place of every name."""
        return places(self.program) if self.program is not None else []

    @cached_property
    def outcome(self) -> Outcome:
        """What a run gave, with the defaults of the inputs."""
        return self.session.run(self.source)

    @cached_property
    def slopes(self) -> dict[int, list[str]]:
        """The derivative statements that each line gives."""
        try:
            answer = Program(self.source, LIMITS).ask("forward", as_="commented", kinks="silent")
        except AdError:
            return {}
        found: dict[int, list[str]] = {}
        for line in answer.pieces[0].text.splitlines():  # type: ignore[union-attr]
            statement, _, remark = line.partition("  # line ")
            where = re.match(r"\d+", remark)
            if where:
                found.setdefault(int(where[0]), []).append(statement.strip())
        return found

    @cached_property
    def needs(self) -> dict[str, list[str]]:
        """The inputs without a value that each name of the program waits for, in the order of the text."""
        return needs(self.program) if self.program is not None else {}

    @cached_property
    def values(self) -> dict[str, float | bool]:
        """What each name is worth, as far as the inputs that have values tell."""
        if not isinstance(self.outcome.error, MissingInput):
            return self.outcome.values
        open_ = Session(ask=lambda name, default: 1.0 if default is None else default, ieee=True, limits=LIMITS)
        known = open_.run(self.source).values
        return {name: value for name, value in known.items() if not self.needs.get(name)}

    # --- what is wrong --------------------------------------------------------------------------------------

    def problems(self) -> list[AdError]:
        """What stops it: everything that is wrong before it runs, else the first thing that stops a run."""
        found = recovery.problems(self.source, LIMITS)
        if found:
            return found
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
        _ = self.outcome
        known = assist.inspect(name, self.session)
        return (f"```text\n{known.text}\n```", span) if known is not None else None

    def _value(self, place: Place) -> str:
        """A name: its value, the statement that gives it, and the statement of its derivative."""
        values = self.values
        lines = [f"**{place.name}**"]
        if place.scope == 0 and place.name in values:
            lines[0] += f" = {number(values[place.name])}"
        elif place.scope == 0 and self.needs.get(place.name):
            asked = ", ".join(f"`{each}`" for each in self.needs[place.name])
            lines[0] += f" needs {asked}; `{self.needs[place.name][0]} = ? 1` gives it a value to show here"
        at = self.definition(place.span[0])
        if at is not None:
            line = self.source.position(at[0])[0]
            code = [self.source.line(line).strip(), *self.slopes.get(line, ())]
            lines.append("```adlang\n" + "\n".join(code) + "\n```")
            lines += self._rules(line)
        return "\n\n".join(lines)

    def _rules(self, line: int) -> list[str]:
        """The rules that a line's derivative follows."""
        found: dict[str, None] = {}
        for place in self.places:
            if place.scope == FUNCTION and not place.gives and self.source.position(place.span[0])[0] == line:
                known = assist.inspect(place.name)
                rule = re.search(r"rule +(.*)", known.text) if known and known.kind == "function" else None
                if rule:
                    found[rule[1].strip()] = None
        return ["rules:\n```adlang\n" + "\n".join(found) + "\n```"] if found else []

    def place(self, offset: int) -> Place | None:
        """The name at a place."""
        return next((each for each in self.places if each.span[0] <= offset <= each.span[1]
                     and NAME.fullmatch(each.name)), None)  # fmt: skip

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
        text = self.source.text
        for edit in reversed(edits):
            text = text[: edit.span[0]] + edit.text + text[edit.span[1] :]
        return edits if self._runs() == Document(text, self.source.name)._runs() else f"`{new}` cannot stand here"

    def _runs(self) -> bool:
        try:
            prepare(self.source, LIMITS)
        except AdError:
            return False
        return True

    def formatted(self) -> str | None:
        """The text in its one form; None where it has none."""
        return unparse(self.program) if self.program is not None else None

    def _line(self, offset: int) -> Span:
        line = self.source.position(offset)[0]
        start = self.source.line_starts()[line - 1]
        return start, start + len(self.source.line(line))
