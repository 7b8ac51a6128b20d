"""A recipe whose derivatives come from compiled code, wherever that tells as much as the interpreter would.

Law: an engine changes how long an answer takes and nothing else. With `python` and `native` compiled code is asked
first; with `auto` the interpreter is, until a question has been asked so often that writing code for it costs no more
than interpreting it did, or until a run takes so long that machine code is quicker even if it begins anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from lang.clock import now
from lang.compiled.memory import Answering
from lang.compiled.policy import LONG
from lang.evaluate.point import Point
from lang.evaluate.recipe import Recipe
from lang.evaluate.wanted import NO_SIGN
from lang.steps import form

if TYPE_CHECKING:
    from lang.compiled.together import Together
    from lang.compiled.units import Units

class _TakesLongError(Exception):
    """A run has been interpreted for long enough."""


class Asked:
    """A question about derivatives, in three forms.

    Args:
        kind: which: `adjoints`, `tangents` or `second`.
        names: of what, and by what.
        seeds: the numbers that go with them; None for a table, in which each is 1 in its turn.
        units: writes what answers it.
        told: its answer from the numbers that come out.
        interpreted: the interpreter's answer.
    """

    def __init__(
        self,
        kind: str,
        names: tuple[tuple[str, ...], tuple[str, ...]],
        seeds: tuple[float, ...] | None,
        units: Callable[[Recipe, bool], Units],
        told: Callable[[Any], Any],
        interpreted: Callable[[Recipe], Any],
    ) -> None:
        self.kind = kind
        self.names = names
        self.seeds = seeds
        self.units = units
        self.told = told
        self.interpreted = interpreted


class Engined(Recipe):
    """A recipe whose derivatives come from another engine, wherever that tells as much as the interpreter would.

    `memory` is where what is compiled is kept.
    """

    def adjoints(self, seeds: Mapping[str, float], by: Sequence[str]) -> Point:
        """As `Recipe.adjoints`."""
        targets, names = tuple(seeds), tuple(by)
        asked = Asked(
            "adjoints", (targets, names), tuple(seeds.values()),
            lambda recipe, ties: _units().adjoints(recipe, targets, names, ties),
            lambda found: _point(targets, found, names, found[len(targets):]),
            lambda recipe: Recipe.adjoints(recipe, seeds, names),
        )  # fmt: skip
        point: Point = self._answered(asked)
        return point

    def tangents(self, of: Sequence[str], along: Mapping[str, float]) -> Point:
        """As `Recipe.tangents`."""
        targets = tuple(dict.fromkeys(of))
        moving = {name: float(tangent) for name, tangent in along.items() if tangent != 0.0}
        names = tuple(moving)
        asked = Asked(
            "tangents", (targets, names), tuple(moving.values()),
            lambda recipe, ties: _units().tangents(recipe, targets, names, ties),
            lambda found: _point(targets, found, targets, found[len(targets):]),
            lambda recipe: Recipe.tangents(recipe, of, along),
        )  # fmt: skip
        point: Point = self._answered(asked)
        return point

    def hessian(self, of: str, by: Sequence[str]) -> list[Point]:
        """As `Recipe.hessian`."""
        names = tuple(by)
        asked = Asked(
            "second", ((of,), names), None,
            lambda recipe, ties: _units().second(recipe, of, names, ties),
            lambda rows: [_point((of,), row, names, row[1:]) for row in rows],
            lambda recipe: Recipe.hessian(recipe, of, names),
        )  # fmt: skip
        rows: list[Point] = self._answered(asked)
        return rows

    # --- who answers ----------------------------------------------------------------------------------------

    def _answered(self, asked: Asked) -> Any:
        """The answer, from whoever the engine says."""
        settings = self.settings
        still = asked.seeds is not None and not any(asked.seeds)
        if settings.engine == "interpreter" or settings.ieee or self.forced or still:
            return asked.interpreted(self)
        answering: Answering = self.memory.get(asked.kind, asked.names, self.parts, settings)
        if settings.engine == "auto":
            return self._by_policy(asked, answering)
        code = answering.code(settings.engine, lambda: self._units(asked))
        found = self._told(asked, answering, code)
        return asked.interpreted(self) if found is None else found

    def _by_policy(self, asked: Asked, answering: Answering) -> Any:
        answering.prepare(lambda: self._units(asked))
        code = answering.ready()
        if code is not None:
            found = self._told(asked, answering, code)
            answering.doubt(found is not None)
            if found is not None:
                return found
        clock = answering.policy.clock
        started = clock()
        try:
            return asked.interpreted(self._watched(answering))
        except _TakesLongError:
            code = answering.code("native", lambda: self._units(asked))
            found = self._told(asked, answering, code)
            return asked.interpreted(self) if found is None else found
        finally:
            answering.spend(clock() - started)

    def _watched(self, answering: Answering) -> Recipe:
        """The recipe whose runs stop where they take long."""
        if answering.refused("native"):
            return self
        used = self.spent.steps if self.spent else 0

        def watch(steps: int) -> None:
            if steps - used > LONG and steps - used > answering.long:
                raise _TakesLongError

        return self.but(watch=watch)

    def _told(self, asked: Asked, answering: Answering, code: Together | None) -> Any:
        """The answer of compiled code; None where the interpreter is to say."""
        if code is None or answering.inputs is None or self._late():
            return None
        point = self._point(answering.inputs)
        if point is None:
            return None
        found = code.table(point) if asked.seeds is None else code(point, asked.seeds)
        return None if found is None else asked.told(found)

    def _units(self, asked: Asked) -> Units:
        kept = Recipe(self.parts, self.body, lambda name, step: None, self.settings, self.codes, self.marked)
        return asked.units(kept, self.settings.kinks != "silent")

    def _late(self) -> bool:
        """Is the time for the whole answer used up?"""
        return self.spent is not None and now() - self.spent.started > self.settings.limits.seconds

    def _point(self, inputs: Sequence[form.Input]) -> tuple[float, ...] | None:
        """The values of the inputs; None where one has none yet."""
        found: list[float] = []
        for step in inputs:
            value = self.supply(step.target, step)
            if value is None:
                if not isinstance(step.default, float):
                    return None
                value = step.default
            found.append(value)
        return tuple(found)


def _point(targets: Sequence[str], values: Sequence[float], names: Sequence[str], slopes: Sequence[float]) -> Point:
    derivatives = {name: slope + NO_SIGN for name, slope in zip(names, slopes, strict=True)}
    return Point(dict(zip(targets, values, strict=False)), derivatives, ())


def _units() -> Any:
    from lang.compiled import units

    return units
