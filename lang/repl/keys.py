"""Keys -> what they do while a statement is typed.

Law: Enter runs what is whole and goes on where something is open; a blank line ends a block; Alt-Enter always begins a
line, and two blank lines always end the entry, so nobody is ever stuck.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

from prompt_toolkit.application import get_app
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.enums import DEFAULT_BUFFER, EditingMode
from prompt_toolkit.filters import Condition, has_focus, to_filter
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.key_binding.vi_state import InputMode
from prompt_toolkit.keys import Keys

from lang.repl.faults import Faults
from lang.repl.together import arrived_with

INDENT = "    "
Handler = Callable[[KeyPressEvent], None]


def keys(enter: Enter, faults: Faults) -> KeyBindings:
    """The bindings on top of prompt_toolkit's own. Where one fails, Enter still runs what is there, other keys do what
    they do everywhere.
    """
    made = KeyBindings()

    def bind(*pressed: Keys | str, do: Handler, instead: Handler, when: Condition | bool = True) -> None:
        made.add(*pressed, filter=has_focus(DEFAULT_BUFFER) & to_filter(when))(faults.guarded(do, instead))

    bind("enter", do=enter, instead=lambda event: event.current_buffer.validate_and_handle())
    bind("escape", "enter", do=lambda event: _newline(event.current_buffer), instead=_insert("\n"), when=typing)
    bind("tab", do=_tab, instead=_insert(INDENT), when=typing)
    bind("backspace", do=_backspace, instead=_nothing, when=Condition(_in_indent))
    bind(":", do=_colon, instead=_insert(":"), when=typing)
    bind(Keys.BracketedPaste, do=enter.paste, instead=lambda event: event.current_buffer.insert_text(event.data))
    return made


typing = Condition(lambda: _mode() in (None, InputMode.INSERT, InputMode.INSERT_MULTIPLE))
"""Not in the modes of vi's keys where a letter is a command."""


def _mode() -> InputMode | None:
    app = get_app()
    return app.vi_state.input_mode if app.editing_mode == EditingMode.VI else None


def _insert(text: str) -> Handler:
    return lambda event: event.current_buffer.insert_text(text)


def _nothing(event: KeyPressEvent) -> None:
    """Leave everything as it is."""


def goes_on(text: str) -> bool:
    """Does a text want another line?"""
    from lang.assist import is_complete

    if text.startswith((":", "?")) or text.strip() == "":
        return False
    if text.endswith("\n\n") or [line.strip() for line in text.split("\n")[-2:]] == ["", ""]:
        return False
    return is_complete(text).status == "incomplete"


class Enter:
    """The Enter key. It knows what was pasted: a pasted program that could end where it ends is run by one Enter.

    Attributes:
        pasted: the whole text after the last paste.
        suggestion: what Enter alone types.
    """

    def __init__(self) -> None:
        self.pasted = self.suggestion = ""

    def __call__(self, event: KeyPressEvent) -> None:
        """Take the chosen completion, begin a line, or run the entry."""
        buffer = event.current_buffer
        after = buffer.document.text_after_cursor
        pasted, self.pasted = buffer.text == self.pasted != "", ""
        more = arrived_with(event, buffer.document.text_before_cursor) if typing() else ""
        if more:
            self._pasted_unsaid(buffer, more)
            return
        if not buffer.text.strip() and self.suggestion:
            buffer.text = self.suggestion
        if buffer.complete_state and buffer.complete_state.current_completion:
            buffer.complete_state = None
        elif after.strip() and "\n" in after:
            _newline(buffer)
        elif goes_on(buffer.text + "\n" * pasted):
            buffer.cursor_position = len(buffer.text)
            _newline(buffer)
        else:
            buffer.validate_and_handle()

    def _pasted_unsaid(self, buffer: Buffer, more: str) -> None:
        """A text that came as if it were typed, this Enter in the midst of it. Its last Enter is Enter."""
        from lang.assist import clean

        whole = clean(buffer.document.text_before_cursor + "\n" + more).replace("\t", INDENT)
        text = whole.removesuffix("\n")
        open_end = goes_on(text)
        behind = buffer.document.text_after_cursor
        buffer.complete_state = None
        buffer.document = Document((whole if open_end else text) + behind, len(whole if open_end else text))
        if whole == text:
            self.pasted = text
        elif not open_end and not behind.strip():
            buffer.validate_and_handle()

    def paste(self, event: KeyPressEvent) -> None:
        """What was copied from a screen, without its prompts and answers."""
        from lang.assist import clean

        buffer = event.current_buffer
        buffer.insert_text(clean(event.data).rstrip("\n").replace("\t", INDENT))
        self.pasted = buffer.text


def _newline(buffer: Buffer) -> None:
    """Begin a line, as far indented as it will be wanted."""
    from lang.assist.complete import next_indent

    before = buffer.document.text_before_cursor
    buffer.insert_text("\n" + next_indent(before))


def _tab(event: KeyPressEvent) -> None:
    buffer = event.current_buffer
    before = buffer.document.current_line_before_cursor
    asked = CompleteEvent(completion_requested=True)
    found = list(islice(buffer.completer.get_completions(buffer.document, asked), 2)) if before.strip() else []
    if len(found) == 1 and not (buffer.complete_state and buffer.complete_state.current_completion):
        buffer.apply_completion(found[0])
    elif buffer.complete_state:
        buffer.complete_next()
    elif not before.strip() and "\n" in buffer.document.text_before_cursor:
        buffer.insert_text(INDENT)
    else:
        buffer.start_completion(insert_common_part=True)


def _in_indent() -> bool:
    before = get_app().current_buffer.document.current_line_before_cursor
    return typing() and len(before) >= len(INDENT) and not before.strip(" ")


def _backspace(event: KeyPressEvent) -> None:
    before = event.current_buffer.document.current_line_before_cursor
    event.current_buffer.delete_before_cursor(len(before) % len(INDENT) or len(INDENT))


def _colon(event: KeyPressEvent) -> None:
    """A `:`; behind `else` and `elif` the line moves out to its `if`, when it stands as deep as the branch above."""
    buffer = event.current_buffer
    line = buffer.document.current_line_before_cursor
    head = line.strip()
    above = buffer.document.text_before_cursor.split("\n")[-2:-1]
    depth = len(line) - len(line.lstrip())
    if (head == "else" or head.startswith("elif ")) and above and depth >= len(INDENT):
        over = above[0]
        if over.strip() and len(over) - len(over.lstrip()) == depth and not over.rstrip().endswith(":"):
            buffer.cursor_position -= len(line)
            buffer.delete(len(INDENT))
            buffer.cursor_position += len(line) - len(INDENT)
    buffer.insert_text(":")
