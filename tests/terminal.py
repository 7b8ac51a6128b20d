"""A program in a pseudo-terminal and what stands on its screen: pexpect types, pyte is the terminal."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pexpect
import pyte

QUIET = 0.2


class Terminal:
    """A screen with a program behind it.

    Args:
        words: what follows `ad`.
        columns, lines: the screen's size.
        environment: more variables for it.
    """

    def __init__(self, *words: str, columns: int = 80, lines: int = 30, **environment: str) -> None:
        self.screen = pyte.Screen(columns, lines)
        self.stream = pyte.ByteStream(self.screen)
        given = {"TERM": "xterm-256color", "AD_HISTORY": "", "PYTHONUNBUFFERED": "1"}
        kept = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "COLORTERM")}
        self.child = pexpect.spawn(
            sys.executable,
            ["-m", "lang", *words],
            env={**kept, **given, **environment},
            dimensions=(lines, columns),
            cwd=Path(__file__).parent.parent,
            timeout=20,
        )
        self.screen.write_process_input = self.child.send  # a terminal says where its cursor is when it is asked

    def wait(self, text: str, seconds: float = 20.0) -> None:
        """Read until a text stands on the screen."""
        end = time.monotonic() + seconds
        while text not in self.text():
            assert time.monotonic() < end, f"{text!r} never came:\n{self.text()}"
            self._read(0.1)
        self.settle()

    def settle(self) -> None:
        """Read until nothing more comes."""
        while self._read(QUIET):
            pass

    def type(self, keys: str, then: str = "", prompted: bool = True) -> None:
        """Press keys, one after another, and wait for a text and the next prompt, or until the screen is still."""
        self.child.send(keys)
        self.settle()
        if then:
            self.wait(then)
        end = time.monotonic() + 20
        while prompted and keys.endswith("\r") and not self._asks():
            assert time.monotonic() < end, f"no prompt came back:\n{self.text()}"
            self._read(0.1)

    def _asks(self) -> bool:
        """Does the line of the cursor ask for something?"""
        line = self.screen.display[self.screen.cursor.y].strip()
        return line == "ad>" or line.startswith("...") or line.endswith(("?", "please", "takes it"))

    def text(self) -> str:
        """The screen as it is seen, without blanks at the ends."""
        return "\n".join(line.rstrip() for line in self.screen.display).rstrip() + "\n"

    def colour(self, word: str) -> str:
        """The colour of a word's first letter, the last time it stands on the screen."""
        for number in range(self.screen.lines - 1, -1, -1):
            at = self.screen.display[number].rfind(word)
            if at >= 0:
                return str(self.screen.buffer[number][at].fg)
        raise AssertionError(f"{word!r} is not on the screen:\n{self.text()}")

    def close(self) -> int | None:
        """End the program with Ctrl-D; its exit code."""
        self.child.send("\x04")
        self.child.expect(pexpect.EOF)
        self.child.close()
        status: int | None = self.child.exitstatus
        return status

    def _read(self, seconds: float) -> bool:
        try:
            self.stream.feed(self.child.read_nonblocking(65536, seconds))
        except (pexpect.TIMEOUT, pexpect.EOF):
            return False
        return True
