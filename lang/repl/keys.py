"""Keys -> what they do while a statement is typed.

Law: Enter runs what is whole and goes on where something is open; a blank line ends a block; Alt-Enter always begins a
line, and two blank lines always end the entry, so nobody is ever stuck.
"""

from __future__ import annotations

from itertools import islice

from prompt_toolkit.buffer import Buffer
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.filters import Condition
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys

INDENT = "    "


def keys() -> KeyBindings:
    """The bindings on top of prompt_toolkit's own."""
    made = KeyBindings()
    made.add("enter")(_enter)
    made.add("escape", "enter")(lambda event: _newline(event.current_buffer))
    made.add("tab")(_tab)
    made.add("backspace", filter=Condition(_in_indent))(_backspace)
    made.add(":")(_colon)
    made.add(Keys.BracketedPaste)(_paste)
    return made


def goes_on(text: str) -> bool:
    """Does a text want another line?"""
    from lang.assist import is_complete

    if text.startswith((":", "?")) or text.strip() == "":
        return False
    if text.endswith("\n\n") or [line.strip() for line in text.split("\n")[-2:]] == ["", ""]:
        return False
    return is_complete(text).status == "incomplete"


def _enter(event: KeyPressEvent) -> None:
    buffer = event.current_buffer
    chosen = buffer.complete_state and buffer.complete_state.current_completion
    if chosen:
        buffer.complete_state = None
        return
    if buffer.document.text_after_cursor.strip() and "\n" in buffer.document.text_after_cursor:
        _newline(buffer)
    elif goes_on(buffer.text):
        buffer.cursor_position = len(buffer.text)
        _newline(buffer)
    else:
        buffer.validate_and_handle()


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
    from prompt_toolkit.application import get_app

    before = get_app().current_buffer.document.current_line_before_cursor
    return len(before) >= len(INDENT) and not before.strip(" ")


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


def _paste(event: KeyPressEvent) -> None:
    """What was copied from a screen, without its prompts and answers."""
    from lang.assist import clean

    event.current_buffer.insert_text(clean(event.data).rstrip("\n").replace("\t", INDENT))
