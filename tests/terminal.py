"""A program in a pseudo-terminal and what stands on its screen: pexpect types, pyte is the terminal.

Law: nothing waits for time to pass. Whoever types waits for what the screen is to show, and a prompt counts only after
the screen has changed.
"""

from __future__ import annotations

import os
import sys
import termios
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pexpect
import pyte

PATIENCE = float(os.environ.get("AD_PATIENCE", "30"))
"""Seconds until a test gives up: far more than any of this takes, for machines that are busy."""
QUIET = 0.5


class Terminal:
    """A screen with a program behind it.

    Args:
        words: what follows `ad`.
        columns, lines: the screen's size.
        program: what runs in it, in place of `ad`.
        environment: more variables for it.
    """

    def __init__(
        self,
        *words: str,
        columns: int = 80,
        lines: int = 30,
        program: Sequence[str] = (sys.executable, "-m", "lang"),
        **environment: str,
    ) -> None:
        self.screen = pyte.Screen(columns, lines)
        self.stream = pyte.ByteStream(self.screen)
        given = {"TERM": "xterm-256color", "AD_HISTORY": "", "AD_COLOURS": "terminal"}
        strange = ("NO_COLOR", "COLORTERM", "COLORFGBG", "AD_COLOURS", "TMUX", "VISUAL", "EDITOR", "SSH_CONNECTION")
        kept = {key: value for key, value in os.environ.items() if key not in strange}
        self.sent = b""
        self.child = pexpect.spawn(
            program[0],
            [*program[1:], *words],
            env={**kept, **given, **environment},
            dimensions=(lines, columns),
            cwd=Path(__file__).parent.parent,
            timeout=PATIENCE,
        )
        self.screen.write_process_input = self.child.send  # a terminal says where its cursor is when it is asked

    # --- waiting --------------------------------------------------------------------------------------------

    def until(self, there: Callable[[], bool], what: str) -> None:
        """Read until something holds of the screen."""
        end = time.monotonic() + PATIENCE
        while not there():
            assert time.monotonic() < end, f"{what} never came:\n{self.text()}"
            self._read(0.05)

    def wait(self, text: str) -> None:
        """Read until a text stands on the screen."""
        self.until(lambda: text in self.text(), repr(text))

    def gone(self, text: str) -> None:
        """Read until a text does not stand on the screen."""
        self.until(lambda: text not in self.text(), f"a screen without {text!r}")

    def ready(self) -> None:
        """Read until the first prompt stands, with its toolbar."""
        self.until(lambda: self.asks() and ":help" in self.text(), "the prompt")

    def settle(self) -> None:
        """Read until nothing more comes: for looking, not for testing."""
        while self._read(QUIET):
            pass

    # --- typing ---------------------------------------------------------------------------------------------

    def press(self, keys: str) -> None:
        """Press keys and wait for nothing."""
        self.child.send(keys)

    def type(self, keys: str, then: str = "") -> None:
        """Press keys and wait until the screen has changed and shows a text; after Enter, a prompt too."""
        before = self._state()
        self.child.send(keys)

        def there() -> bool:
            return self._state() != before and then in self.text() and (not keys.endswith("\r") or self.asks())

        self.until(there, f"{then!r}" if then else "an answer")

    def interrupt(self) -> None:
        """Ctrl-C, once something runs and the terminal makes a signal of it."""
        self.until(lambda: bool(termios.tcgetattr(self.child.child_fd)[3] & termios.ISIG), "a running program")
        self.child.sendintr()

    def asks(self) -> bool:
        """Does the line of the cursor ask for something?"""
        line = self.line()
        return line in ("ad>", "...") or line.endswith((" ?", "a number, please", "Enter takes it"))

    def line(self) -> str:
        """The line of the cursor."""
        return str(self.screen.display[self.screen.cursor.y]).strip()

    def clear(self) -> None:
        """Wipe the screen and what is typed: a prompt alone is left."""
        self.child.send("\x03\x0c")
        self.until(lambda: self.screen.display[0].strip() == "ad>" and self.screen.cursor.y == 0, "a bare screen")

    def resize(self, columns: int, lines: int) -> None:
        """Another size of the window."""
        self.screen.resize(lines, columns)
        self.child.setwinsize(lines, columns)

    # --- looking --------------------------------------------------------------------------------------------

    def text(self) -> str:
        """The screen as it is seen, without blanks at the ends."""
        return "\n".join(line.rstrip() for line in self.screen.display).rstrip() + "\n"

    def letter(self, word: str) -> pyte.screens.Char:
        """A word's first letter with its looks, the last time it stands on the screen."""
        for number in range(self.screen.lines - 1, -1, -1):
            at = self.screen.display[number].rfind(word)
            if at >= 0:
                return self.screen.buffer[number][at]
        raise AssertionError(f"{word!r} is not on the screen:\n{self.text()}")

    def colour(self, word: str) -> str:
        """The colour of a word's first letter, the last time it stands on the screen."""
        return str(self.letter(word).fg)

    def close(self) -> int | None:
        """End the program with Ctrl-D; its exit code."""
        self.child.send("\x04")
        return self.ended()

    def ended(self) -> int | None:
        """Wait for the program's end; its exit code."""
        self.child.expect(pexpect.EOF)
        self.child.close()
        status: int | None = self.child.exitstatus
        return status

    def _state(self) -> tuple[str, int, int]:
        return self.text(), self.screen.cursor.y, self.screen.cursor.x

    def _read(self, seconds: float) -> bool:
        try:
            data = self.child.read_nonblocking(65536, seconds)
        except (pexpect.TIMEOUT, pexpect.EOF):
            return False
        self.sent += data
        self.stream.feed(data)
        return True
