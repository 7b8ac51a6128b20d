"""prompt_toolkit, set up for the language: the line editor, the question for an input, the toolbar.

Law: what the language knows is asked of `lang.assist`; here it only gets its place on the screen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from prompt_toolkit import PromptSession
from prompt_toolkit.application import get_app
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.enums import EditingMode
from prompt_toolkit.filters import to_filter
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.key_binding.vi_state import InputMode
from prompt_toolkit.layout.processors import HighlightMatchingBracketProcessor
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.styles import DynamicStyle

from lang.repl.background import QUESTION, Listener
from lang.repl.faults import Faults
from lang.repl.history import history
from lang.repl.interrupts import held
from lang.repl.keys import Enter, keys
from lang.repl.painting import Painter, Words
from lang.repl.palette import style

if TYPE_CHECKING:
    from lang.repl.colours import Colours
    from lang.repl.language import Language
    from lang.repl.question import Question

PROMPT, MORE = "ad> ", "... "
HINTS = ("  :help", "   ?sin", "   Tab completes", "   Ctrl-D leaves")


class Editor:
    """Where statements are typed.

    Args:
        language: what looks at the text.
        colours: whether there are any, and which.
        watching: the pieces of the toolbar when nothing else is to be said there.
    """

    def __init__(self, language: Language, colours: Colours, watching: Callable[[], StyleAndTextTuples]) -> None:
        self.language = language
        self.colours = colours
        self.watching = watching
        self.faults = Faults()
        self.enter = Enter()
        self.terminal: PromptSession[str] = PromptSession(
            history=history(),
            multiline=True,
            key_bindings=keys(self.enter, self.faults),
            completer=Words(language, self.faults),
            complete_while_typing=True,
            complete_in_thread=False,
            auto_suggest=AutoSuggestFromHistory(),
            input_processors=[HighlightMatchingBracketProcessor(chars="[]()")],
            prompt_continuation=lambda width, line, wrapped: [("class:more", "" if wrapped else MORE)],
            bottom_toolbar=self.faults.guarded(self._toolbar, lambda: [("", HINTS[0])]),
            reserve_space_for_menu=6,
            enable_open_in_editor=True,
            enable_suspend=True,
            style=DynamicStyle(lambda: style(colours.theme)),
        )
        self.terminal.default_buffer.enable_history_search = to_filter(True)
        app: Any = self.terminal.app
        app.ttimeoutlen = 0.05
        app.after_render += lambda app: self._first()
        app._handle_exception = self._fault
        self.question: Question | None = None
        self._asked = False

    @property
    def columns(self) -> int:
        """The width of the window."""
        return self.terminal.output.get_size().columns or 80

    @property
    def depth(self) -> ColorDepth | None:
        """How many colours there may be."""
        return None if self.colours.on else ColorDepth.DEPTH_1_BIT

    def read(self, suggestion: str = "") -> str:
        """What is typed next.

        Args:
            suggestion: what Enter alone types; empty for nothing.

        Raises:
            EOFError: Ctrl-D. KeyboardInterrupt: Ctrl-C. Stopped: Ctrl-C just after Enter.
        """
        self.terminal.color_depth = self.depth
        self._paint_anew()
        self.enter.suggestion = suggestion
        hint: StyleAndTextTuples = [("class:placeholder", f"{suggestion}   Enter types it")] if suggestion else []
        self.terminal.placeholder = lambda: [] if get_app().is_done else hint
        with held(self.terminal.app):
            return self.terminal.prompt([("class:prompt", PROMPT)], handle_sigint=False)

    def typed(self) -> str:
        """What stood there when the last `read` was broken off."""
        return self.terminal.default_buffer.text

    def ask(self, name: str, suggestion: str) -> str:
        """The answer to the question for an input.

        Args:
            suggestion: what Enter alone means; empty for nothing.
        """
        from lang.repl.question import Question

        self.question = self.question or Question(self.faults, self.language.values)
        look = style(self.colours.theme)
        return self.question.ask(name, suggestion, look, self.depth, self.terminal.editing_mode)

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """While a program runs, what is typed ahead is not scattered over its answers: the next prompt shows it."""
        try:
            import termios
        except ImportError:  # Windows
            yield
            return
        try:
            before = termios.tcgetattr(0)
            silent = [*before[:3], before[3] & ~termios.ECHO, *before[4:]]
            termios.tcsetattr(0, termios.TCSADRAIN, silent)
        except (OSError, ValueError, termios.error):
            yield
            return
        try:
            yield
        finally:
            termios.tcsetattr(0, termios.TCSADRAIN, before)

    def vi(self) -> bool:
        """Change between vi's keys and emacs'; is it vi's now?"""
        on = self.terminal.editing_mode != EditingMode.VI
        self.terminal.editing_mode = EditingMode.VI if on else EditingMode.EMACS
        self.terminal.app.timeoutlen = 0.2 if on else 1.0  # in vi's keys, Escape stands alone and should act at once
        return on

    def _first(self) -> None:
        """The first prompt stands: load the language, and ask what the background is."""
        self.language.start(self._catch_up)
        if self._asked or not self.colours.asks:
            return
        self._asked = True
        reader = getattr(self.terminal.app.input, "vt100_parser", None)
        if reader is not None:
            Listener(reader, self._background)
            self.terminal.output.write_raw(QUESTION)
            self.terminal.output.flush()

    def _background(self, theme: str) -> None:
        self.colours.found(theme)
        self.terminal.app.invalidate()

    def _catch_up(self) -> None:
        """The language is there: what was typed meanwhile gets its colours and its menu."""
        app = self.terminal.app
        buffer = self.terminal.default_buffer

        def again() -> None:
            self._paint_anew()
            app.invalidate()
            if buffer.text and buffer.complete_state is None and buffer.complete_while_typing():
                buffer.start_completion(complete_event=CompleteEvent(text_inserted=True))

        if app.loop is not None and app.is_running:
            with suppress(RuntimeError):  # the prompt has just ended
                app.loop.call_soon_threadsafe(again)

    def _paint_anew(self) -> None:
        """The same text may look different now, and its colours are remembered as long as its painter is the same."""
        self.terminal.lexer = Painter(self.language, self.faults)

    def _fault(self, loop: object, context: dict[str, Any]) -> None:
        """Something failed in the editor itself; the next prompt tells it."""
        self.faults.note(context.get("exception") or RuntimeError(context.get("message", "unknown")))

    # --- the toolbar ----------------------------------------------------------------------------------------

    def _toolbar(self) -> StyleAndTextTuples:
        """The mode of vi's keys, then the head of the call around the cursor; else what is watched; else hints."""
        made = self._mode() + (self._head() or self.watching() or self._hints())
        return _fitted(made, self.columns)

    def _hints(self) -> StyleAndTextTuples:
        """As many of them as fit."""
        return [("", each) for at, each in enumerate(HINTS) if len("".join(HINTS[: at + 1])) < self.columns]

    def _mode(self) -> StyleAndTextTuples:
        if self.terminal.editing_mode != EditingMode.VI:
            return []
        mode = get_app().vi_state.input_mode
        words = {InputMode.NAVIGATION: "normal", InputMode.REPLACE: "replace", InputMode.REPLACE_SINGLE: "replace"}
        return [("class:bottom-toolbar.mode", f"  {words.get(mode, 'insert')}")]

    def _head(self) -> StyleAndTextTuples:
        document = get_app().current_buffer.document
        if not self.language.ready or not document.text or document.text[0] in ":?":
            return []
        from lang.assist import signature

        head = signature(document.text, document.cursor_position, self.language.journal.session)
        if head is None:
            return []
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


def _fitted(pieces: StyleAndTextTuples, columns: int) -> StyleAndTextTuples:
    """Pieces in one line of a window; what is too long ends in `…`."""
    from prompt_toolkit.utils import get_cwidth

    made: StyleAndTextTuples = []
    room = columns - 1
    for look, text, *_ in pieces:
        wide = get_cwidth(text)
        if wide > room:
            kept = text
            while kept and get_cwidth(kept) >= room:
                kept = kept[:-1]
            return [*made, (look, kept + "…")]
        made.append((look, text))
        room -= wide
    return made
