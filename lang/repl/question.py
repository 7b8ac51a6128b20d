"""The question for an input, in its place: `x = `, with what Enter alone means behind the cursor.

Law: what is wrong with an answer is said while it is typed; what is only not finished is said at Enter.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from prompt_toolkit import PromptSession
from prompt_toolkit.application import get_app
from prompt_toolkit.buffer import ValidationState
from prompt_toolkit.document import Document
from prompt_toolkit.enums import DEFAULT_BUFFER, EditingMode
from prompt_toolkit.filters import has_focus
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.styles import BaseStyle
from prompt_toolkit.validation import ValidationError, Validator

from lang.repl.faults import Faults
from lang.repl.interrupts import held

if TYPE_CHECKING:
    from lang.repl.answers import Known


class Question:
    """Asks for inputs; what was answered before comes back with Up.

    Args:
        faults: where faults of our own go.
        known: tells what answers may be computed from.
    """

    def __init__(self, faults: Faults, known: Callable[[], Known]) -> None:
        self.check = _Check(faults, known)
        self.terminal: PromptSession[str] = PromptSession(
            history=InMemoryHistory(),
            validate_while_typing=True,
            key_bindings=self._keys(),
            validator=self.check,
            enable_suspend=True,
        )
        self.suggestion = ""

    def ask(self, name: str, suggestion: str, style: BaseStyle, depth: ColorDepth | None, mode: EditingMode) -> str:
        """The answer.

        Args:
            name: of the input.
            suggestion: what Enter alone means; empty for nothing.
        """
        self.suggestion = suggestion
        self.terminal.style, self.terminal.color_depth, self.terminal.editing_mode = style, depth, mode
        hint = f"{suggestion}   Enter takes it" if suggestion else "a number, please"
        with held(self.terminal.app):
            return self.terminal.prompt(
                [("class:prompt", f"{name} = ")], placeholder=lambda: _behind(hint), handle_sigint=False
            )

    def _keys(self) -> KeyBindings:
        made = KeyBindings()

        @made.add("enter", filter=has_focus(DEFAULT_BUFFER))
        def _(event: KeyPressEvent) -> None:
            buffer = event.current_buffer
            if not buffer.text.strip():
                buffer.text = self.suggestion
            if buffer.text:
                self.check.last = True
                buffer.validation_state = ValidationState.UNKNOWN
                buffer.validate_and_handle()
                self.check.last = False

        return made


def _behind(text: str) -> StyleAndTextTuples:
    """A grey text behind the cursor, until there is an answer or none will come."""
    return [] if get_app().is_done else [("class:placeholder", text)]


class _Check(Validator):
    """Says what is wrong with an answer."""

    def __init__(self, faults: Faults, known: Callable[[], Known]) -> None:
        self.faults, self.known = faults, known
        self.last = False

    def validate(self, document: Document) -> None:
        """Check one answer; `last` says that it was entered."""
        said = self.faults.guarded(self._said, lambda text: "")(document.text.strip())
        if said:
            raise ValidationError(len(document.text), said[: get_app().output.get_size().columns - 1])

    def _said(self, text: str) -> str:
        from lang.repl.answers import Status, checked

        found = checked(text, self.known()) if text else None
        unfinished = found is not None and found.status is Status.UNFINISHED and not self.last
        return "" if found is None or unfinished else found.said
