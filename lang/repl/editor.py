"""prompt_toolkit, set up for the language: the line editor, the question for an input, the toolbar.

Law: what the language knows is asked of `lang.assist`; here it only gets its place on the screen.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from prompt_toolkit import PromptSession
from prompt_toolkit.application import get_app
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.document import Document
from prompt_toolkit.enums import DEFAULT_BUFFER, EditingMode
from prompt_toolkit.filters import has_focus, to_filter
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.layout.processors import HighlightMatchingBracketProcessor
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.validation import ValidationError, Validator

from lang.repl.history import history
from lang.repl.keys import keys
from lang.repl.painting import STYLE, Painter, Words

if TYPE_CHECKING:
    from lang.repl.language import Language

PROMPT, MORE = "ad> ", "... "
HINTS = "  :help   ?sin   Tab completes   Ctrl-D leaves"


class Editor:
    """Where statements are typed.

    Args:
        language: what looks at the text.
        coloured: may there be colours?
        watching: the pieces of the toolbar when nothing else is to be said there.
    """

    def __init__(self, language: Language, coloured: bool, watching: Callable[[], StyleAndTextTuples]) -> None:
        self.language = language
        self.watching = watching
        self.depth = None if coloured else ColorDepth.DEPTH_1_BIT
        self.terminal: PromptSession[str] = PromptSession(
            history=history(),
            multiline=True,
            key_bindings=keys(),
            lexer=Painter(language),
            completer=Words(language),
            complete_while_typing=True,
            complete_in_thread=False,
            auto_suggest=AutoSuggestFromHistory(),
            input_processors=[HighlightMatchingBracketProcessor(chars="[](){}"[:4])],
            prompt_continuation=lambda width, line, wrapped: [("class:more", "" if wrapped else MORE)],
            bottom_toolbar=self._toolbar,
            reserve_space_for_menu=6,
            enable_open_in_editor=True,
            style=STYLE,
            color_depth=self.depth,
        )
        self.terminal.default_buffer.enable_history_search = to_filter(True)
        self.terminal.app.ttimeoutlen = 0.05
        self.terminal.app.after_render += lambda app: language.start(self._catch_up)
        self.answers: PromptSession[str] = PromptSession(
            history=InMemoryHistory(), style=STYLE, color_depth=self.depth, validate_while_typing=True
        )

    @property
    def columns(self) -> int:
        """The width of the window."""
        return self.terminal.output.get_size().columns or 80

    def read(self) -> str:
        """What is typed next.

        Raises:
            EOFError: Ctrl-D. KeyboardInterrupt: Ctrl-C.
        """
        return self.terminal.prompt([("class:prompt", PROMPT)])

    def ask(self, name: str, suggestion: str, valid: Callable[[str], str]) -> str:
        """The answer to the question for an input.

        Args:
            suggestion: what Enter alone means; empty for nothing.
            valid: says what is wrong with an answer, or nothing.
        """
        hint = f"{suggestion}   Enter takes it" if suggestion else "a number, please"
        return self.answers.prompt(
            [("class:prompt", f"{name} = ")],
            placeholder=[("class:placeholder", hint)],
            validator=_Check(valid),
            key_bindings=_taking(suggestion),
        )

    def vi(self) -> bool:
        """Change between vi's keys and emacs'; is it vi's now?"""
        on = self.terminal.editing_mode != EditingMode.VI
        self.terminal.editing_mode = EditingMode.VI if on else EditingMode.EMACS
        return on

    def _catch_up(self) -> None:
        """The language is there: what was typed meanwhile gets its colours and its menu."""
        app = self.terminal.app
        buffer = self.terminal.default_buffer

        def again() -> None:
            app.invalidate()
            if buffer.text and buffer.complete_state is None and buffer.complete_while_typing():
                buffer.start_completion()

        if app.loop is not None and app.is_running:
            with suppress(RuntimeError):  # the prompt has just ended
                app.loop.call_soon_threadsafe(again)

    def _toolbar(self) -> StyleAndTextTuples:
        """The head of the call around the cursor; else what is watched; else where help is."""
        head = None
        document = get_app().current_buffer.document
        if self.language.ready and document.text and document.text[0] not in ":?":
            from lang.assist import signature

            head = signature(document.text, document.cursor_position, self.language.journal.session)
        if head is None:
            return self.watching() or [("", HINTS[: self.columns])]
        made: StyleAndTextTuples = [("", "  ")]
        if head.active < 0:
            made.append(("class:bottom-toolbar.name", head.text))
        else:
            made.append(("class:bottom-toolbar.name", head.name + "("))
            for at, name in enumerate(head.parameters):
                made.append(("", ", " if at else ""))
                made.append(("class:bottom-toolbar." + ("active" if at == head.active else "name"), name))
            made.append(("class:bottom-toolbar.name", ")"))
        return [*made, ("", f"   {head.about}")]


def _taking(suggestion: str) -> KeyBindings:
    """Enter on an empty line takes what is suggested."""
    made = KeyBindings()

    @made.add("enter", filter=has_focus(DEFAULT_BUFFER))
    def _(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if not buffer.text.strip():
            buffer.text = suggestion
        if buffer.text:
            buffer.validate_and_handle()

    return made


class _Check(Validator):
    """Says what is wrong with an answer while it is typed."""

    def __init__(self, valid: Callable[[str], str]) -> None:
        self.valid = valid

    def validate(self, document: Document) -> None:
        """Check one answer."""
        typed = document.text.strip()
        half = get_app().is_running and typed[-1:] in ("", "-", "+", "*", "/", "(", ".", "e")
        wrong = "" if half and typed else self.valid(typed) if typed else ""
        if wrong:
            raise ValidationError(len(document.text), wrong)
