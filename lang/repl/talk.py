"""Lines typed -> statements run: the loop of the REPL.

Law: nothing a person types ends the talk but Ctrl-D; Ctrl-C drops what is typed or running, and what was before holds.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from prompt_toolkit import PromptSession
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

from lang import __version__
from lang.diagnostic import Segment, segments
from lang.errors import InputError
from lang.session import Outcome, Session, finite
from lang.show import ansi, forms, remarks, text
from lang.show.numbers import number
from lang.source import Source
from lang.syntax.parse import unfinished

PROMPT, MORE = "ad> ", "... "


class Talk:
    """A session and the terminal it is typed at.

    Args:
        settings: `limits`, `ieee` and `kinks` of the session.
        color: `auto`, `always` or `never`.
    """

    def __init__(self, settings: dict[str, Any], color: str) -> None:
        self.session = Session(ask=self._ask, **settings)
        self.coloured = color == "always" or (
            color == "auto" and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        )
        self.terminal: PromptSession[str] = PromptSession(
            history=_history(),
            multiline=True,
            key_bindings=_keys(),
            prompt_continuation=lambda width, line, wrapped: "" if wrapped else MORE,
        )
        self.answers: PromptSession[str] = PromptSession(history=InMemoryHistory())

    def go(self) -> int:
        """Talk until Ctrl-D."""
        self._print([(f"adlang {__version__}", "title"), ("  Ctrl-D leaves; `ad help` in a shell says more", "gutter")])
        while True:
            try:
                typed = self.terminal.prompt(self._prompt(PROMPT))
                if typed.strip():
                    self._tell(self.session.run(typed.rstrip() + "\n"))
            except KeyboardInterrupt:
                self._print([("stopped", "gutter")])
            except EOFError:
                return 0

    def _tell(self, outcome: Outcome) -> None:
        """Show what a text did: the values it changed, what it shows, notes, what stopped it."""
        if outcome.values:
            self._print(text.rows([(name, (value,)) for name, value in outcome.values.items()]))
        if outcome.shown:
            self._print(forms.everything(outcome.shown, self.terminal.output.get_size().columns))
        for note in remarks.merged(outcome.shown, outcome.notes):
            self._print(remarks.note(note))
        if outcome.error is not None:
            self._print(segments(outcome.error))

    def _ask(self, name: str, default: float | None) -> float | None:
        """Ask for an input; an empty answer takes the default."""
        shown = "" if default is None else f" [{number(default)}]"
        while True:
            try:
                answer = self.answers.prompt(self._prompt(f"{name} = ?{shown} ")).strip()
            except EOFError:
                return None
            if not answer:
                return default
            try:
                return finite(name, _number(answer))
            except InputError as error:
                self._print(segments(error))

    def _prompt(self, words: str) -> FormattedText:
        return FormattedText([("bold ansigreen" if self.coloured else "", words)])

    def _print(self, pieces: list[Segment]) -> None:
        print(ansi.text(pieces, self.coloured), flush=True)


def _number(answer: str) -> float | bool | str:
    """The number that an answer stands for: digits, or an expression such as `pi/2`; else the answer itself."""
    outcome = Session().run(answer)
    values = [value for each in outcome.shown for value in getattr(each, "values", ())]
    return values[0] if outcome.error is None and len(values) == 1 else answer


def _keys() -> KeyBindings:
    keys = KeyBindings()

    @keys.add("enter")
    def _(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        typed = buffer.text
        last = typed.rpartition("\n")[2]
        open_ = unfinished(Source(typed)) if last.strip() or "\n" not in typed else False
        inside = "\n" in typed and last.strip() != "" and last[0] in " \t"
        if not buffer.document.is_cursor_at_the_end or not (open_ or inside):
            buffer.validate_and_handle()
        else:
            indent = last[: len(last) - len(last.lstrip())]
            buffer.insert_text("\n" + indent + "    " * (last.rstrip().endswith(":")))

    return keys


def _history() -> History:
    """What was typed before, in a file that only its owner can read; in memory where there can be none."""
    named = os.environ.get("AD_HISTORY")
    if named == "":
        return InMemoryHistory()
    try:
        if named is None:
            from platformdirs import user_state_dir

            named = str(Path(user_state_dir("adlang", ensure_exists=True)) / "history")
        os.close(os.open(named, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600))
        os.chmod(named, 0o600)
    except OSError:
        return InMemoryHistory()
    return FileHistory(named)
