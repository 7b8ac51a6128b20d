"""Ctrl-C as a signal, while a line editor is at work -> a key of it, or an interruption once it has gone home.

Law: no Ctrl-C is lost, and none falls into the midst of the editor's coming and going. While it reads, Ctrl-C is a key.
From the moment Enter gives the terminal back until the program runs, and after a program until the editor reads again,
it comes as a signal: an early one is the editor's first key, and a late one stops what was entered before it begins. So
does one that was read together with the Enter before it.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from prompt_toolkit.input.typeahead import get_typeahead, store_typeahead
from prompt_toolkit.keys import Keys

if TYPE_CHECKING:
    from prompt_toolkit.application import Application


class Stopped(KeyboardInterrupt):
    """Ctrl-C after something was entered, before it was answered."""


class _Signals:
    """The signals that wait, and an editor that does not listen to them itself."""

    def __init__(self, app: Application[Any]) -> None:
        self.app = app
        self.waiting = 0
        self.begun = False

    def met(self, *_: object) -> None:
        """One came, between any two instructions."""
        if self.begun and self.app.loop is not None:
            self.app.loop.call_soon_threadsafe(self.key)
        else:
            self.waiting += 1

    def begin(self) -> None:
        """The editor reads from now on."""
        self.begun = True
        if self.waiting:
            self.waiting = 0
            self.met()

    def key(self) -> None:
        """A key of the editor, unless it reads no more."""
        if self.app.future is None or self.app.future.done():
            self.waiting += 1
        else:
            self.app.key_processor.send_sigint()


@contextmanager
def held(app: Application[Any]) -> Iterator[None]:
    """Around one reading of the editor, which must be told not to handle the signal itself.

    Raises:
        KeyboardInterrupt: from the editor, for Ctrl-C while it read.
        Stopped: at the end, for one that came too late for it.
    """
    signals = _Signals(app)
    before = signal.getsignal(signal.SIGINT)
    try:
        signal.signal(signal.SIGINT, signals.met)
    except ValueError:  # not in the main thread, where no signal comes either
        yield
        return
    app.pre_run_callables.append(signals.begin)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler if before is None else before)
    if _pressed(app) or signals.waiting:
        raise Stopped


def _pressed(app: Application[Any]) -> bool:
    """Is Ctrl-C among the keys that wait for the next reading? It drops itself and all that was typed before it.

    While the editor paints its last picture the terminal still makes a key of Ctrl-C, and nobody reads it.
    """
    with _key_by_key(app):
        ahead = [*get_typeahead(app.input), *app.input.read_keys()]
    last = max((at for at, press in enumerate(ahead, 1) if press.key == Keys.ControlC), default=0)
    store_typeahead(app.input, ahead[last:])
    return last > 0


@contextmanager
def _key_by_key(app: Application[Any]) -> Iterator[None]:
    """What was typed can be read before its line ends; Ctrl-C that is typed now is a signal all the same."""
    try:
        import termios
    except ImportError:  # Windows
        with app.input.raw_mode():
            yield
        return
    try:
        place = app.input.fileno()
        before = termios.tcgetattr(place)
    except (OSError, ValueError, NotImplementedError, termios.error):  # no terminal
        yield
        return
    termios.tcsetattr(place, termios.TCSANOW, [*before[:3], before[3] & ~(termios.ICANON | termios.ECHO), *before[4:]])
    try:
        yield
    finally:
        termios.tcsetattr(place, termios.TCSANOW, before)
