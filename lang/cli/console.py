"""The streams of a process: results out, all else to stderr, colours where they are welcome, questions at a terminal.

Law: nothing else in the command line writes. A stream that is closed swallows what is written to it; one that cannot
spell a character writes its number. Files and pipes are UTF-8 on Windows as well, as programs are: what `ad forward`
writes there can be read again, whatever its names (Python does the same everywhere from 3.15 on, by PEP 686).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import TextIO

from lang.diagnostic import Diagnosed, Segment, segments, visible
from lang.show import ansi

WIDTH, NARROW = 80, 40


class Console:
    """Where people and programs read what comes out.

    Args:
        color: `auto`, `always` or `never`.
    """

    def __init__(self, color: str = "auto") -> None:
        self.color = color
        for stream in (sys.stdout, sys.stderr):
            if stream is not None and hasattr(stream, "reconfigure"):
                stream.reconfigure(encoding=encoding_of(stream), errors="backslashreplace")

    @property
    def width(self) -> int:
        """Columns to fit results into: the terminal's own, else 80."""
        try:
            return max(NARROW, os.get_terminal_size(sys.stdout.fileno()).columns or WIDTH)
        except (OSError, ValueError, AttributeError):
            return WIDTH

    def result(self, pieces: Iterable[Segment]) -> None:
        """Print a result and end its line; nothing for no pieces."""
        self._write(sys.stdout, list(pieces))

    def remark(self, pieces: Iterable[Segment]) -> None:
        """Print a note, an error or a word about progress, after the results so far."""
        if sys.stdout is not None:
            sys.stdout.flush()
        self._write(sys.stderr, list(pieces))

    def progress(self, line: str) -> None:
        """Draw a line over the last one on stderr; an empty one wipes it away."""
        if sys.stderr is not None:
            sys.stderr.write(f"\r\x1b[K{line}")
            sys.stderr.flush()

    def shows_progress(self) -> bool:
        """Does somebody see stderr, on a terminal that can go back in a line?"""
        return _terminal(sys.stderr) and os.environ.get("TERM", "") != "dumb"

    def trouble(self, error: Diagnosed) -> None:
        """Print an error."""
        self.remark(segments(error))

    def can_ask(self) -> bool:
        """Is somebody there to answer?"""
        return _terminal(sys.stdin) and _terminal(sys.stderr)

    def question(self, prompt: str) -> str | None:
        """One line from the terminal, asked on stderr; None where the answer is Ctrl-D."""
        if sys.stdout is not None:
            sys.stdout.flush()
        sys.stderr.write(ansi.text([(visible(prompt), "prompt")], self._coloured(sys.stderr)))
        sys.stderr.flush()
        line = sys.stdin.readline()
        if not line:
            sys.stderr.write("\n")
            return None
        return line.strip()

    def _write(self, stream: TextIO | None, pieces: list[Segment]) -> None:
        if stream is None or not pieces:
            return
        stream.write(ansi.text(pieces, self._coloured(stream)) + "\n")
        stream.flush()

    def _coloured(self, stream: TextIO) -> bool:
        if self.color != "auto":
            return self.color == "always"
        return _terminal(stream) and not os.environ.get("NO_COLOR") and os.environ.get("TERM", "") != "dumb"


def encoding_of(stream: TextIO, system: str = os.name) -> str:
    """What to write in: UTF-8 for files and pipes on Windows if nothing else was chosen, else what the stream has."""
    chosen = system != "nt" or "PYTHONIOENCODING" in os.environ or _terminal(stream)
    return stream.encoding if chosen else "utf-8"


def is_terminal(name: str) -> bool:
    """Is `stdin` or `stdout` a terminal?"""
    return _terminal(getattr(sys, name))


def _terminal(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        return False
