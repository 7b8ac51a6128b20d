"""A recipe whose derivatives come from compiled code, wherever that tells as much as the interpreter would."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lang.compiled.function import Compiled
from lang.evaluate.recipe import Point, Recipe
from lang.steps import form


@dataclass(frozen=True)
class Engined(Recipe):
    """A recipe whose gradients come from another engine, wherever that tells as much as the interpreter would."""

    def adjoints(self, seeds: Mapping[str, float], by: Sequence[str]) -> Point:
        """As `Recipe.adjoints`."""
        point = self._point()
        if point is not None and list(seeds.values()) == [1.0] and not self.forced:
            (target,) = seeds
            compiled = Compiled(self, target, tuple(by), self.settings.engine)
            found = compiled.exactly("gradient", point)
            if found is not None:
                return Point({target: found[0]}, dict(zip(by, found[1:], strict=True)), ())
        return super().adjoints(seeds, by)

    def _point(self) -> tuple[float, ...] | None:
        """The values of the inputs; None where one is asked twice, or its default is computed."""
        found: dict[str, float] = {}
        for step in (step for part in self.parts for step in part.body if isinstance(step, form.Input)):
            value = self.supply(step.target, step)
            default = step.default if isinstance(step.default, float) else None
            value = default if value is None else value
            if value is None or step.target in found:
                return None
            found[step.target] = value
        return tuple(found.values())
