"""The questions to a function -> the code that answers each, or why the interpreter does.

Law: a question is compiled when it is first asked, and once more, to machine code, where policy says that this pays.
Compiling may take as long as a run; where that is over, the interpreter answers, as where there is no code at all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from lang.backend import Executable, Unavailable, Unit, build, pick
from lang.backend.python.function import Function
from lang.clock import within
from lang.compiled.inner import Guarded
from lang.compiled.policy import Policy, Watched
from lang.compiled.questions import Questions
from lang.compiled.ties import with_ties
from lang.errors import AdError, LimitExceeded
from lang.evaluate.settings import Settings
from lang.garbage import paused
from lang.limits import further

ONCE = ("gradient", "jvp")
"""Questions for which the interpreter counts the program's steps once."""


class Codes:
    """Each question's code.

    Args:
        questions: what may be asked.
        settings: how the program is run.
        asked: the engine that is asked for.
        policy: when it is worth while to compile.
        replaced: told of a question whose code is another one now.

    Attributes:
        made: the code of each question that was asked; None where the interpreter answers.
        quick: the same as functions of floats, for questions that are called all the time.
        used: the engine that gives values; empty before they are asked for.
        why: why it is not the one that was asked for; empty where it is.
    """

    def __init__(
        self, questions: Questions, settings: Settings, asked: str, policy: Policy, replaced: Callable[[str], None]
    ) -> None:
        self.made: dict[str, Executable | None] = {}
        self.quick: dict[str, Callable[..., Any] | None] = {"value": None, "gradient": None}
        self.used = self.why = ""
        self._more: dict[str, Executable] = {}
        self._questions = questions
        self._settings = settings
        self._asked = asked
        self._policy = policy
        self._replaced = replaced

    def of(self, way: str) -> Executable | None:
        """The code of a question; None where the interpreter answers."""
        if way not in self.made:
            with paused, within(self._settings.limits.seconds):
                self._set(way, self._compile(way))
        return self.made[way]

    def further(self, way: str, point: Sequence[float]) -> Any:
        """The answer where only the derivative program's own steps are too many; None for the interpreter to say."""
        value = self.of("value") if way in ONCE else None
        if value is None or self.used != "native" or not self._questions.exact:
            return None
        try:
            if value(point[: len(self._questions.inputs)]) is None:
                return None
            if way not in self._more:
                limits = self._settings.limits
                with paused, within(limits.seconds):
                    self._more[way] = build("native", self._unit(way), further(limits), self._flows(way))
            return self._more[way](point)
        except (LimitExceeded, Unavailable):
            return None

    def _set(self, way: str, made: Executable | None) -> None:
        self.made[way], self.quick[way] = made, getattr(made, "quick", None)

    def take_vectors(self, way: str) -> None:
        """Let quick calls take NumPy vectors, too, from now on: they are made for it when the first one comes."""
        made = self.made[way]
        vectors = getattr(made, "vectors", None)
        if vectors is not None and self.quick[way] is getattr(made, "quick", None):
            self.quick[way] = vectors(_nobody)

    def _compile(self, way: str) -> Executable | None:
        settings = self._settings
        used, made = "interpreter", None
        if self._asked != "interpreter":
            try:
                unit = self._unit(way)
                used = pick(unit) if self._asked == "auto" else self._asked
                made = None if used == "interpreter" else build(used, unit, settings.limits, self._flows(way))
                cost = self._policy.cost(unit) if self._asked == "auto" and self._inner is None else None
                if isinstance(made, Function) and cost is not None:
                    made = Watched(made, cost, lambda: self._replace(way, unit), self._policy)
                if self._inner is not None and made is not None and way != "value":
                    value = self.of("value")
                    made = None if value is None else Guarded(value, made, len(self._questions.inputs))
            except (Unavailable, AdError) as reason:
                used, self.why = "interpreter", str(reason)
        if way == "value":
            self.used = used
        return made

    def _unit(self, way: str) -> Unit:
        """What is compiled.

        Raises:
            Unavailable: only the interpreter can answer. AdError: the question has no program.
        """
        unit, settings, inner = self._questions.ways[way].unit(), self._settings, self._inner
        if settings.kinks == "silent" or (way == "value" and inner is None):
            return unit
        if settings.ieee and self._questions.may_be_awkward():
            raise Unavailable("only the interpreter sees kinks where infinities may flow")
        return inner if way == "value" and inner is not None else with_ties(unit, self._questions.wrt)

    def _flows(self, way: str) -> bool:
        """May compiled code give inf and nan? Of derivatives the interpreter tells where they are from, and leaves out
        what does not move."""
        return self._settings.ieee and way == "value"

    @property
    def _inner(self) -> Unit | None:
        """The value's unit, which sees kinks inside derivative calls; None where there are none to be told."""
        return None if self._settings.kinks == "silent" else self._questions.inner

    def _replace(self, way: str, unit: Unit) -> None:
        """Let machine code answer from now on, where there is any."""
        settings, before = self._settings, self.made[way]
        try:
            with within(settings.limits.seconds):
                made = build("native", unit, settings.limits, self._flows(way))
        except (Unavailable, AdError):
            return
        self._set(way, made)
        if isinstance(before, Watched):
            before.replaced = True
        if way == "value":
            self.used = "native"
        self._replaced(way)


def _nobody(*arguments: Any) -> None:
    """Who answers where code does not: nobody."""
