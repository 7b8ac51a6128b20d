"""Calls of a function that Python runs -> when machine code takes its place.

Law: nobody waits longer for a compiler than its code will save. Written Python is ready at once; once the calls of it
have taken as long as compiling natively takes, that is done beside them, and from then on machine code answers, with
the same bits. So what is called a few times is never compiled natively, and what is called often loses at most half.

What cannot be compiled natively (without llvmlite, say) stays with Python. A small function stays too: to time its
calls costs as much as they do, and it would take a hundred thousand of them to pay for the compiler.

Source: Karlin, Manasse, Rudolph, Sleator, "Competitive snoopy caching" (1988): rent until renting has cost the price.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from time import perf_counter
from typing import TYPE_CHECKING, Any

from lang.steps.walk import all_steps

if TYPE_CHECKING:
    from lang.backend import Unit
    from lang.backend.python.function import Function

SMALL = 100
"""Steps up to which calls are not timed."""
LARGE = 50_000
"""Steps of what has blocks from which compiling takes seconds; that is for those who ask for it."""
START_SECONDS, STEP_SECONDS, BLOCK_STEP_SECONDS = 0.1, 1e-5, 5e-5
"""What compiling natively takes: getting ready once in a process (0.14 s), and for each step, of programs that are
straight and of others. Measured as the least of three times of `build("native", ...)`, in seconds of the processor and
without a cache: 0.036 s for the 3,500 steps of 1,000 mixed operations and their adjoints, 0.098 s for 10,000 steps,
0.17 s for 102,000 (which are compiled as loops, for less a step: what is counted here is the most that it takes); 1.1 s
for the 25,000 steps of 1,000 branches and their adjoints, 0.27 s for the 12,000 of a loop with 1,000 statements."""


WRITE_SECONDS = 5e-4
"""What writing a derivative program takes, however small."""
WRITE_STEP_SECONDS = {
    "tangents": (6e-5, 5e-5, 1.4e-4),
    "adjoints": (1e-4, 6e-5, 2.5e-4),
    "second": (3e-4, 1.3e-3, 6e-4),
}
"""What a question about derivatives costs for each step of the program until code answers it: Python, machine code of a
straight program, machine code of another. Measured as above, with `together`: 1,000 mixed operations; loops of 600 and
2,400 steps and 100 to 1,000 branches, where machine code is meant; of Python the mean."""
PLANNED = 300
"""Steps from which adjoints of straight programs are as quick on the interpreter, which plans them, as in Python."""
NOTICED = 0.05
"""Seconds of compiling that somebody who waits for an answer would notice; from here on it is done beside."""
LONG, PAYS = 100_000, 500
"""A run is begun anew in machine code after so many steps, and so many more for each step that is to be compiled."""


def _beside(work: Callable[[], object]) -> None:
    """Do it in a thread; a program that ends waits for it, since a compiler cannot be left alone at an end."""
    from threading import Thread

    Thread(target=work, name="adlang compiles").start()


class Policy:
    """What decides.

    Args:
        clock: seconds.
        start: begins a piece of work.
    """

    def __init__(
        self, clock: Callable[[], float] = perf_counter, start: Callable[[Callable[[], object]], None] = _beside
    ) -> None:
        self.clock = clock
        self.start = start

    @staticmethod
    def cost(unit: Unit) -> float | None:
        """The seconds that compiling takes; None where Python is to stay."""
        steps = sum(1 for _ in all_steps(unit.steps))
        straight = steps == len(unit.steps)
        if steps <= SMALL or (steps >= LARGE and not straight):
            return None
        return START_SECONDS + (STEP_SECONDS if straight else BLOCK_STEP_SECONDS) * steps

    @staticmethod
    def writing(kind: str, steps: int, repeats: bool) -> tuple[str, float]:
        """The engine that suits a question about derivatives, and the seconds until its code answers.

        Args:
            kind: the question: `adjoints`, `tangents` or `second`.
            steps: how many the program's text has.
            repeats: does it loop, or call functions? Then machine code is meant by `auto`.
        """
        python, native, looping = WRITE_STEP_SECONDS[kind]
        if repeats:
            return "auto", WRITE_SECONDS + START_SECONDS + looping * steps
        if kind == "adjoints" and steps > PLANNED:
            return "native", WRITE_SECONDS + START_SECONDS + native * steps
        return "auto", WRITE_SECONDS + python * steps

    @staticmethod
    def long(steps: int) -> int:
        """After how many steps a run is begun anew. It is steps that decide, not seconds: an answer is the same always.

        Args:
            steps: how many the program's text has.
        """
        return LONG + PAYS * steps


class Watched:
    """A Python function that counts what its calls take; called as an `Executable`.

    Args:
        function: what runs.
        cost: after how many seconds of calls `ready` is to be done.
        ready: gets the machine code.
        policy: the clock, and what begins the work.

    Attributes:
        replaced: has other code taken its place? Calls of functions it gave go to `otherwise` then.
    """

    def __init__(self, function: Function, cost: float, ready: Callable[[], None], policy: Policy) -> None:
        self.function = function
        self.left = cost
        self.ready = ready
        self.policy = policy
        self.replaced = False

    def _spend(self, seconds: float) -> None:
        before = self.left
        self.left = before - seconds
        if self.left <= 0.0 < before:
            self.policy.start(self.ready)

    def __call__(self, values: Sequence[float]) -> tuple[float, ...] | None:
        """The results; None where it does not answer."""
        started = self.policy.clock()
        found = self.function(values)
        self._spend(self.policy.clock() - started)
        return found

    @property
    def quick(self) -> Callable[..., Any]:
        """As `Function.quick`."""
        return self._timed(self.function.quick, None)

    def attached(self, otherwise: Callable[..., Any], part: bool = False) -> Callable[..., Any]:
        """As `Function.attached`."""
        return wraps(otherwise)(self._timed(self.function.attached(otherwise, part), otherwise))

    def _timed(self, inner: Callable[..., Any], instead: Callable[..., Any] | None) -> Callable[..., Any]:
        clock = self.policy.clock

        def timed(*arguments: Any) -> Any:
            if self.replaced and instead is not None:
                return instead(*arguments)
            started = clock()
            found = inner(*arguments)
            self._spend(clock() - started)
            return found

        return timed
