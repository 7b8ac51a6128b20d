"""What the language knows of a text that is typed -> prompt_toolkit's shapes: pieces with classes, and a menu.

Law: they help and may fail: then the text has no colours, or there is no menu, and the fault is told once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from prompt_toolkit.completion import CompleteEvent, Completer, Completion, PathCompleter
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.lexers import Lexer

from lang.repl.faults import Faults

if TYPE_CHECKING:
    from lang.assist.names import Names
    from lang.repl.language import Language

FILES = ("load", "save")
TIMED = ":time "
"""A statement follows it, which looks and is completed like any other."""


class Painter(Lexer):
    """What is typed, in colours."""

    def __init__(self, language: Language, faults: Faults) -> None:
        self.language = language
        self.faults = faults
        self.known: Names | None = None

    def lex_document(self, document: Document) -> Callable[[int], StyleAndTextTuples]:
        """The pieces of each line."""
        lines = document.lines

        def bare(number: int) -> StyleAndTextTuples:
            return [("", lines[number])]

        def coloured() -> Callable[[int], StyleAndTextTuples]:
            return self.faults.guarded(self._lines(document), bare)

        return self.faults.guarded(coloured, lambda: bare)()

    def _lines(self, document: Document) -> Callable[[int], StyleAndTextTuples]:
        lines = document.lines
        timed = document.text.startswith(TIMED)
        if document.text[:1] in (":", "?") and not timed:
            return lambda number: _colon(lines[number])
        if not self.language.ready:
            return lambda number: [("", lines[number])]
        from lang.assist.highlight import line_marks
        from lang.assist.names import of_session, of_text

        known = of_session(self.language.journal.session) | of_text(document.text)
        self.known = known = self.known if self.known == known else known  # the same object is quick to look up
        row, column = document.cursor_position_row, document.cursor_position_col

        def line(number: int) -> StyleAndTextTuples:
            typed = lines[number]
            made: StyleAndTextTuples = []
            at = 0
            if timed and number == 0:
                at = len(TIMED)
                made, typed = [("class:ad.colon", TIMED)], " " * at + typed[at:]
            for start, end, role in line_marks(typed, known):
                made.append(("", typed[at:start]))
                typing = role == "unknown" and number == row and end == column
                made.append(("" if typing else f"class:ad.{role}", typed[start:end]))
                at = end
            return [*made, ("", typed[at:])]

        return line


def _colon(line: str) -> StyleAndTextTuples:
    word, blank, rest = line.partition(" ")
    return [("class:ad.colon", word), ("", blank + rest)]


class Words(Completer):
    """What may stand at the cursor."""

    def __init__(self, language: Language, faults: Faults) -> None:
        self.language = language
        self.faults = faults
        self.paths = PathCompleter(expanduser=True)

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """The possibilities; while somebody types, only where a word has begun or is expected."""
        try:
            yield from self._possible(document, complete_event)
        except Exception as error:
            self.faults.note(error)

    def _possible(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        before = document.text_before_cursor
        if before.startswith(":") and not before.startswith(TIMED):
            yield from self._colon(before, complete_event)
            return
        if not self.language.ready and complete_event.text_inserted:
            return
        from lang.assist import completion

        session = self.language.journal.session
        lead = len(TIMED) if before.startswith(TIMED) else 1 if before.startswith("?") else 0
        found = completion(document.text[lead:], document.cursor_position - lead, session)
        if found.start == found.end and not found.expected and not complete_event.completion_requested:
            return
        back = found.start + lead - document.cursor_position
        typed = before[document.cursor_position + back :] if back else ""
        for item in found.items:
            if item.text != typed or complete_event.completion_requested:
                yield Completion(item.text, back, display=item.label, display_meta=item.detail)

    def _colon(self, before: str, event: CompleteEvent) -> Iterable[Completion]:
        from lang.repl.commands import COMMANDS

        word, blank, rest = before[1:].partition(" ")
        if not blank:
            for each in COMMANDS:
                if each.name.startswith(word):
                    yield Completion(each.name, -len(word), f":{each.name} {each.takes}", display_meta=each.help)
        elif word in FILES:
            yield from self.paths.get_completions(Document(rest), event)
        else:
            choices = next((each.choices for each in COMMANDS if each.name == word), ())
            known = choices or tuple(self.language.journal.session.values)
            yield from (Completion(each, -len(rest)) for each in known if each.startswith(rest) and " " not in rest)
