"""Classes of text -> colours of the terminal; the language's answers -> prompt_toolkit's shapes.

Law: colours are the terminal's own sixteen, so they follow a light or dark theme, and plain text keeps its own colour.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import TYPE_CHECKING

from prompt_toolkit.completion import CompleteEvent, Completer, Completion, PathCompleter
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.lexers import Lexer
from prompt_toolkit.styles import Style

if TYPE_CHECKING:
    from lang.repl.language import Language

COLOURS = {
    "comment": "ansibrightblack italic",
    "number": "ansicyan",
    "keyword": "ansimagenta",
    "verb": "ansimagenta bold",
    "clause": "ansimagenta",
    "choice": "ansicyan",
    "function": "ansiblue",
    "own_function": "ansiblue bold",
    "constant": "ansicyan",
    "derivative": "ansigreen",
    "input": "ansiyellow bold",
    "unknown": "ansired underline",
    "colon": "ansimagenta bold",
}
FILES = ("load", "save")

STYLE = Style.from_dict(
    {f"ad.{name}": colour for name, colour in COLOURS.items()}
    | {
        "prompt": "ansigreen bold",
        "more": "ansibrightblack",
        "matching-bracket.cursor": "bold underline",
        "matching-bracket.other": "bold underline",
        "auto-suggestion": "ansibrightblack",
        "placeholder": "ansibrightblack",
        "bottom-toolbar": "noreverse ansibrightblack",
        "bottom-toolbar.name": "noreverse nodim bold ansidefault",
        "bottom-toolbar.number": "noreverse ansicyan",
        "bottom-toolbar.active": "noreverse bold underline ansidefault",
        "validation-toolbar": "noreverse bg:default ansired",
        "completion-menu": "bg:ansidefault fg:ansidefault noreverse",
        "completion-menu.completion": "reverse",
        "completion-menu.completion.current": "noreverse bold bg:ansiblue ansiwhite",
        "completion-menu.meta.completion": "noreverse ansibrightblack bg:ansidefault",
        "completion-menu.meta.completion.current": "noreverse bold bg:ansidefault ansidefault",
        "completion-menu.multi-column-meta": "noreverse ansibrightblack",
        "scrollbar.background": "bg:ansibrightblack",
        "scrollbar.button": "bg:ansidefault",
    }
)


class Painter(Lexer):
    """What is typed, in colours."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def invalidation_hash(self) -> Hashable:
        """Changes where the same text would look otherwise."""
        if not self.language.ready:
            return None
        session = self.language.journal.session
        return id(session.values), id(session.scope)

    def lex_document(self, document: Document) -> Callable[[int], StyleAndTextTuples]:
        """The pieces of each line."""
        lines = document.lines
        if document.text[:1] in (":", "?"):
            return lambda number: _colon(lines[number])
        if not self.language.ready:
            return lambda number: [("", lines[number])]
        from lang.assist.highlight import line_marks
        from lang.assist.names import of_session, of_text

        known = of_session(self.language.journal.session) | of_text(document.text)
        row, column = document.cursor_position_row, document.cursor_position_col

        def line(number: int) -> StyleAndTextTuples:
            typed = lines[number]
            made: StyleAndTextTuples = []
            at = 0
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

    def __init__(self, language: Language) -> None:
        self.language = language
        self.paths = PathCompleter(expanduser=True)

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """The possibilities; while somebody types, only where a word has begun or is expected."""
        before = document.text_before_cursor
        if before.startswith(":"):
            yield from self._colon(before, complete_event)
            return
        if not self.language.ready and complete_event.text_inserted:
            return
        from lang.assist import completion

        session = self.language.journal.session
        lead = 1 if before.startswith("?") else 0
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
