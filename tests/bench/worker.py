"""A contender in a process of its own, as the one who asks it sees it.

Law: nobody waits longer than agreed: a process that does not answer in time is ended, with all it has started, and the
next question begins a new one. A process of its own also means that no library's threads, caches, signal handlers or
garbage are another's loss.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
START = 180.0
"""Seconds that a process may take to start: the largest libraries take some before they are used the first time."""


class Overdue(Exception):
    """There was no answer in time."""


class Ended(Exception):
    """The process is gone: out of memory, or it crashed."""


class Worker:
    """A contender's process, started when it is first asked."""

    def __init__(self, name: str, caches: Path) -> None:
        self.name = name
        self._caches = caches
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, question: str, *arguments: Any, seconds: float = START) -> Any:
        """An answer of `desk.Desk`.

        Raises:
            Overdue: it took longer than `seconds`. Ended: the process is gone.
        """
        process = self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        late = threading.Event()

        def end() -> None:
            late.set()
            _end(process)

        timer = threading.Timer(seconds, end)
        timer.start()
        try:
            pickle.dump((question, arguments), process.stdin, protocol=pickle.HIGHEST_PROTOCOL)
            process.stdin.flush()
            return pickle.load(process.stdout)
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            process.wait()
            self.close()
            if late.is_set():
                raise Overdue from error
            raise Ended(f"its process ended (exit code {process.returncode})") from error
        finally:
            timer.cancel()

    def begin(self) -> None:
        """Start the process and wait until it hears, so that no workload pays for imports."""
        if self._process is None:
            self.ask("hear")

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            _end(process)
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    try:
                        pipe.close()
                    except OSError:  # it was gone before it had read everything
                        continue
            process.wait()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            caches = {name: str(self._caches / name.lower()) for name in ("XDG_CACHE_HOME", "TORCHINDUCTOR_CACHE_DIR")}
            self._process = subprocess.Popen(
                [sys.executable, "-W", "ignore", "-m", "tests.bench.desk", self.name],
                cwd=ROOT,
                env={**os.environ, **caches},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                start_new_session=True,
            )
        return self._process


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process and those it started: each has a group of its own."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (AttributeError, OSError):
        process.kill()
