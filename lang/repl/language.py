"""The language, loaded behind the first prompt: the session, its journal, and what looks at text.

Law: nothing of the language is imported by the thread that paints the prompt before it is asked for.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lang.repl.journal import Journal

Ask = Callable[[str, float | None], float | None]


class Language:
    """What becomes there a moment after the prompt does.

    Args:
        settings: of the session.
        ask: asked for the value of an input.
    """

    def __init__(self, settings: dict[str, Any], ask: Ask) -> None:
        self._settings, self._ask = settings, ask
        self._there = threading.Event()
        self._lock = threading.Lock()
        self._journal: Journal | None = None
        self._started = False

    @property
    def ready(self) -> bool:
        """Can it be asked without waiting?"""
        return self._there.is_set()

    @property
    def journal(self) -> Journal:
        """What was entered so far, and the session; waits until it is there."""
        self._load()
        assert self._journal is not None
        return self._journal

    def values(self) -> Mapping[str, float | bool]:
        """The session's names that have a value."""
        return self.journal.session.values

    def start(self, then: Callable[[], object] = lambda: None) -> None:
        """Begin to load, once; `then` is called when it is there."""
        if self._started:
            return
        self._started = True

        def load() -> None:
            try:
                self._load()
            except Exception:
                return  # whoever asks for the language meets the same fault, and tells it
            then()

        threading.Thread(target=load, name="adlang-loads", daemon=True).start()

    def _load(self) -> None:
        with self._lock:
            if self._there.is_set():
                return
            from lang.repl.journal import Journal
            from lang.session import Session

            self._journal = Journal(Session(ask=self._ask, answer="ans", **self._settings))
            with suppress(Exception):  # a fault in what only helps is told when it is used
                self._warm()
            self._there.set()

    def _warm(self) -> None:
        """What the first key and the first statement would have to wait for."""
        from lang import assist
        from lang.session import Session

        assist.completion("si", 2)
        assist.highlight("x = sin(1)")
        Session().run("")
