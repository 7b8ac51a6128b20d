"""A question that a program is asked again and again -> compiled code that answers it, made once.

Law: a program keeps code and how long it was asked, nothing of a run: what it answers does not depend on what it was
asked before. Threads may ask at once; one of them compiles. What a first question does not need is not imported for it.
"""

from __future__ import annotations

from _thread import allocate_lock  # what threading.Lock is; threading would cost a start 1 ms
from collections import Counter, OrderedDict
from collections.abc import Callable, Collection, Hashable
from functools import cached_property
from math import inf
from typing import TYPE_CHECKING

from lang.compiled.policy import NOTICED, Policy
from lang.evaluate.settings import Settings
from lang.limits import Limits
from lang.steps import form
from lang.steps.walk import all_steps, reads_of

if TYPE_CHECKING:
    from lang.compiled.together import Together
    from lang.compiled.units import Units

MOST = 128
"""How many questions a program keeps code for."""
DOUBTS = 4
"""After so many more times that compiled code did not answer than that it did, `auto` asks it no longer."""

Parts = tuple[form.Procedure, ...]
Names = tuple[tuple[str, ...], tuple[str, ...]]


class Answering:
    """What answers one question.

    Args:
        parts: the program's statements.
        kind: the question: `adjoints`, `tangents` or `second`.
        names: of what it is asked, and by what.
        limits: what each run may use.
        policy: when it is worth while to compile.

    Attributes:
        spent: the seconds that interpreted runs have taken.
        doubts: how much oftener code did not answer than it did.
    """

    def __init__(self, parts: Parts, kind: str, names: Names, limits: Limits, policy: Policy) -> None:
        self.parts = parts
        self.kind = kind
        self.names = names
        self.limits = limits
        self.policy = policy
        self.spent = 0.0
        self.doubts = 0
        self._begun = False
        self._lock = allocate_lock()
        self._made: dict[str, Together | None] = {}

    @cached_property
    def _steps(self) -> list[form.Step]:
        """All steps, those of functions too."""
        found: list[form.Step] = []
        pending = list(self.parts)
        while pending:
            inside = list(all_steps(pending.pop().body))
            found += inside
            pending += [step.procedure for step in inside if isinstance(step, form.Define)]
        return found

    @cached_property
    def inputs(self) -> tuple[form.Input, ...] | None:
        """The steps that ask for inputs, in order; None where one is asked twice, or only on some way."""
        asked = [step for part in self.parts for step in part.body if isinstance(step, form.Input)]
        every = sum(isinstance(step, form.Input) for step in self._steps)
        return tuple(asked) if len({step.target for step in asked}) == every else None

    @cached_property
    def long(self) -> int:
        """After how many steps a run is begun anew in machine code."""
        return self.policy.long(len(self._steps))

    @cached_property
    def suits(self) -> tuple[str, float]:
        """The engine that suits it, and the seconds that compiling takes.

        These are infinite where the last bits would depend on who answers: then it is not how often it was asked that
        decides.
        """
        repeats = any(isinstance(step, form.While | form.For | form.Call) for step in self._steps)
        engine, seconds = self.policy.writing(self.kind, len(self._steps), repeats)
        return engine, seconds if _exact(self.parts, self._steps, self.names[0], self.kind != "tangents") else inf

    def spend(self, seconds: float) -> None:
        """Count what an interpreted run has taken."""
        self.spent += seconds

    def ripe(self) -> bool:
        """Is it time for compiled code?"""
        return 0.0 < self.spent >= self.suits[1] and self.doubts < DOUBTS

    def doubt(self, answered: bool) -> None:
        """Count whether compiled code answered."""
        self.doubts = max(self.doubts - 1, -DOUBTS) if answered else self.doubts + 1

    def prepare(self, units: Callable[[], Units]) -> None:
        """Compile, where it is time for it: here, or beside where somebody would notice."""
        if self._begun or not self.ripe():
            return
        self._begun = True
        engine, seconds = self._best, self.suits[1]
        if seconds < NOTICED:
            self.code(engine, units)
        else:
            self.policy.start(lambda: self.code(engine, units))

    @property
    def _best(self) -> str:
        """The engine that suits it; machine code where a long run has made some."""
        return "native" if self._made.get("native") is not None else self.suits[0]

    def refused(self, engine: str) -> bool:
        """Is it known that an engine cannot do it?"""
        return self._made.get(engine, self) is None

    def ready(self) -> Together | None:
        """The code that suits it, where it is made and wanted."""
        return self._made.get(self._best) if self.ripe() else None

    def code(self, engine: str, units: Callable[[], Units]) -> Together | None:
        """The code that an engine makes of it; None where it cannot. Who asks at once waits for the same code."""
        if engine not in self._made:
            with self._lock:
                if engine not in self._made:
                    from lang.compiled.together import together

                    self._made[engine] = together(units, engine, self.limits, self.policy)
        return self._made[engine]


def _exact(parts: Parts, steps: list[form.Step], targets: Collection[str], swept: bool) -> bool:
    """Has a compiled answer surely the interpreter's bits?

    A derivative call is written out for compiled code. And a value that has two names, by a copy or as a parameter, has
    two adjoints there: what they are the sums of is added up in another order, unless all that contributes to the old
    name stands before the copy.
    """
    if any(isinstance(step, form.PrimitiveDerivative) or (isinstance(step, form.Call) and step.by) for step in steps):
        return False
    if not swept:
        return True
    if any(isinstance(step, form.Call | form.Push | form.Pop) for step in steps):
        return False
    later: set[str] = set(targets)
    for step in (step for part in reversed(parts) for step in reversed(part.body)):
        inside = list(all_steps([step]))
        reads = Counter(word for each in inside for word in _contributing(each))
        copied = {each.source for each in inside if isinstance(each, form.Copy) and isinstance(each.source, str)}
        if any(name in later or reads[name] > 1 for name in copied):
            return False
        later.update(reads)
    return True


def _contributing(step: form.Step) -> list[str]:
    """The names that get something of a step's adjoint."""
    if isinstance(step, form.Operation | form.Copy):
        return [word for word in reads_of(step) if isinstance(word, str)]
    return []


class Memory:
    """The questions that a program was asked, and what answers them; what was not asked for longest is forgotten.

    Args:
        policy: when it is worth while to compile.
    """

    def __init__(self, policy: Policy | None = None) -> None:
        self.policy = policy or Policy()
        self._lock = allocate_lock()
        self._kept: OrderedDict[Hashable, Answering] = OrderedDict()

    def get(self, kind: str, names: Names, parts: Parts, settings: Settings) -> Answering:
        """What answers a question; made where it is asked for the first time."""
        key = (kind, names, tuple([part for part in parts if part.body]), settings.kinks, settings.limits)
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                found = self._kept[key] = Answering(parts, kind, names, settings.limits, self.policy)
                if len(self._kept) > MOST:
                    self._kept.popitem(last=False)
            else:
                self._kept.move_to_end(key)
            return found
