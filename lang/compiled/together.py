"""Units that answer a question together -> one call.

Law: all of them answer or none does; at a limit none does, for the interpreter knows where that was. A derivative
program has steps of its own; where those alone pass the limit, and not the program's, it begins again with more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lang.backend import Executable, Unavailable, build, pick
from lang.backend.python.function import Function
from lang.compiled.policy import Policy, Watched
from lang.compiled.units import Units
from lang.errors import AdError, LimitExceeded
from lang.garbage import paused
from lang.limits import Limits, further

Numbers = tuple[float, ...]


class Together:
    """Units as code of one engine.

    Args:
        units: what is compiled.
        engine: `python`, `native`, or `auto` for the one that suits the units, which machine code may replace later.
        limits: what each call may use.
        policy: when that is.

    Raises:
        Unavailable: one of the units cannot be compiled.
    """

    def __init__(self, units: Units, engine: str, limits: Limits, policy: Policy) -> None:
        self.units = units
        self.limits = limits
        self.engine = pick(units.main) if engine == "auto" else engine
        if self.engine == "interpreter":
            raise Unavailable("no other engine is there")
        self.main, self.beside = self._built(self.engine, limits)
        self._more: tuple[Executable, Executable, list[Executable]] | None = None
        if any(getattr(self.main, "booleans", ())):
            raise Unavailable("true and false have no derivatives")
        cost = policy.cost(units.main) if engine == "auto" else None
        if isinstance(self.main, Function) and cost is not None:
            self.main = Watched(self.main, cost, self._replace, policy)

    def _built(self, engine: str, limits: Limits) -> tuple[Executable, list[Executable]]:
        beside = [build(engine, each, limits) for each in self.units.beside]
        return build(engine, self.units.main, limits), beside

    def _replace(self) -> None:
        """Let machine code answer from now on, where there is any."""
        try:
            self.main, self.beside = self._built("native", self.limits)
            self.engine = "native"
        except (Unavailable, AdError):
            pass

    def __call__(self, point: Numbers, seeds: Numbers) -> Numbers | None:
        """The numbers that are asked, where it is no table; None where the interpreter is to say."""
        try:
            for each in self.beside:
                if each(point) is None:
                    return None
            found = self.main((*point, *seeds))
        except LimitExceeded as error:
            return self._further(point, seeds) if error.limit == "steps" else None
        return None if found is None else self._placed(found)

    @paused
    def _further(self, point: Numbers, seeds: Numbers) -> Numbers | None:
        """The numbers where only the derivative program's own steps are too many; None for the interpreter to say."""
        if self.engine != "native" or self.units.counted is None:
            return None
        try:
            if self._more is None:
                counted = build("native", self.units.counted, self.limits)
                self._more = (counted, *self._built("native", further(self.limits)))
            counted, main, beside = self._more
            if any(each(point) is None for each in (counted, *beside)):
                return None
            found = main((*point, *seeds))
        except (LimitExceeded, Unavailable):
            return None
        return None if found is None else self._placed(found)

    def table(self, point: Numbers) -> list[Numbers] | None:
        """The numbers for each of the seeds put to 1 in its turn."""
        whole = getattr(self.main, "table", None)
        if whole is None:
            rows: list[Numbers] = []
            count = self.units.main.seeds
            for index in range(count):
                row = self(point, tuple([float(index == each) for each in range(count)]))
                if row is None:
                    return None
                rows.append(row)
            return rows
        try:
            if any(each(point) is None for each in self.beside):
                return None
            found = whole(point)
        except LimitExceeded:
            return None
        return None if found is None else [self._placed(row) for row in found.tolist()]

    def _placed(self, found: Sequence[float]) -> Numbers:
        return tuple([0.0 if place is None else found[place] for place in self.units.places])


@paused
def together(units: Callable[[], Units], engine: str, limits: Limits, policy: Policy) -> Together | None:
    """The code for some units; None where the engine is not there or cannot do them."""
    try:
        return Together(units(), engine, limits, policy)
    except (Unavailable, AdError):
        return None
