"""A program and one of its results -> what may be asked of it, to be compiled and to be interpreted.

Law: what is compiled is what the verbs write: the gradient is the program of `reverse`, directional derivatives that
of `forward`, second derivatives `forward` of `reverse`. The interpreter runs the same statements of the program, those
that the result needs, at the same point; where it answers instead, errors, notes and numbers are its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from lang.backend import Unavailable, Unit
from lang.compiled.inner import Values, values
from lang.evaluate.active import plain
from lang.evaluate.needed import narrow
from lang.evaluate.notes import Note
from lang.evaluate.recipe import Recipe
from lang.evaluate.spending import Spent
from lang.evaluate.wanted import NO_SIGN, result
from lang.rules import Primitive, table
from lang.steps import form
from lang.steps.walk import all_steps, assigned, blocks_of
from lang.transform.slice import needed as live
from lang.verbs import forward, reverse
from lang.verbs.core.answer import Question
from lang.verbs.core.programs import Text, ready

Numbers = tuple[float, ...]
Answered = tuple[Numbers, tuple[Note, ...]]
"""Numbers, and the awkward points on the way to them."""


@dataclass(frozen=True)
class Way:
    """One question in two forms: the unit to compile, and the interpreter's answer.

    The latter is from the numbers of the inputs, and what was used of the limits before (None: nothing).
    """

    unit: Callable[[], Unit]
    ask: Callable[[Sequence[float], Spent | None], Answered]


class Questions:
    """What may be asked of a result: `value`, `gradient`, `jvp`, `second` (a row of second derivatives),
    `table` (all rows, of which the interpreter answers one).

    Each has the value, too, before the derivatives: `log` has none at -1, whatever its rule would give there.

    Args:
        recipe: the program.
        target: the result's name.
        wrt: the names that derivatives are by.
    """

    def __init__(self, recipe: Recipe, target: str, wrt: tuple[str, ...]) -> None:
        self.inputs = recipe.inputs()
        self.target = target
        self.wrt = wrt
        self._recipe = recipe
        self.ways = {
            "value": Way(self._value_unit, self._value),
            "gradient": Way(self._gradient_unit, self._gradient),
            "jvp": Way(self._jvp_unit, self._jvp),
            "second": Way(self._second_unit, self._second),
            "table": Way(self._table_unit, self._second),
        }

    def may_be_awkward(self) -> bool:
        """May a derivative exist on one side only somewhere: is there a kink, a jump or a choice in the program?"""
        program = ready(self._recipe, (self.target,))
        pending = [program.block, *(step.procedure.body for step in program.block if isinstance(step, form.Define))]
        for step in (each for block in pending for each in all_steps(block)):
            if isinstance(step, form.Comparison) or (isinstance(step, form.Operation) and step.primitive.kink):
                return True
        return False

    @cached_property
    def inner(self) -> Unit | None:
        """The value's program that asks at kinks inside derivative calls; None where there is nothing to ask."""
        return self._values.asking() if self._values.slopes else None

    @property
    def exact(self) -> bool:
        """Does the value's program count the steps that the interpreter counts?"""
        return self._values.exact

    @cached_property
    def _values(self) -> Values:
        return values(self._recipe, (self.target,), (self.target,))

    # --- programs to compile --------------------------------------------------------------------------------

    def _value_unit(self) -> Unit:
        return self._values.unit

    def _unit(self, text: Text, results: tuple[str, ...], seeds: tuple[str, ...] = ()) -> Unit:
        """A derivative program. All results but the first are derivatives, whose zeros have no sign."""
        source = self._recipe.parts[0].source
        derivatives, places = dict.fromkeys(results[1:]), (0, len(source.text))
        sums = [form.Operation(_unsigned(name), _sum(), (name, NO_SIGN), places) for name in derivatives]
        named = (results[0], *map(_unsigned, results[1:]))
        return Unit([*text.steps(source), *sums], source, (*self.inputs, *seeds), named)

    def _adjoint(self) -> Text:
        refuse_in_blocks(self._recipe, self.wrt)
        return reverse.translated(self._recipe, Question((self.target,), self.wrt))

    def _gradient_unit(self) -> Unit:
        text = self._adjoint()
        return self._unit(text, (text.results[self.target], *(text.derivatives[name] for name in self.wrt)))

    def _moving(self, recipe: Recipe, targets: tuple[str, ...]) -> tuple[Text, tuple[str, ...]]:
        """How results move with the names of `wrt`: the program, and the names of its seeds.

        What a translation wrote has no inputs that the result does not need. There nothing moves with such a name, even
        where a value that the program computes is called like it: `x = ?; x = y * y`.
        """
        gone = set(self.inputs).difference(recipe.inputs())
        along = dict.fromkeys(name for name in self.wrt if name not in gone)
        text = forward.translated(recipe, Question(targets, along=along))
        return text, tuple(text.seeds.get(name, "") for name in self.wrt)

    def _jvp_unit(self) -> Unit:
        refuse_in_blocks(self._recipe, self.wrt)
        text, seeds = self._moving(self._recipe, (self.target,))
        return self._unit(text, (text.results[self.target], text.derivatives[self.target]), seeds)

    def _second_unit(self) -> Unit:
        first = self._adjoint()
        slopes = tuple(first.derivatives[name] for name in self.wrt)
        source = self._recipe.parts[0].source
        part = form.Procedure("", (), first.steps(source), 0, (), source, (0, len(source.text)))
        recipe = self._recipe.but(parts=(part,), body=first.body)
        value = first.results[self.target]
        text, seeds = self._moving(recipe, (value, *slopes))
        results = (text.results[value], *(text.derivatives[each] for each in slopes))
        return self._unit(replace(text, lines=tuple(live(text.body, results))), results, seeds)

    def _table_unit(self) -> Unit:
        return replace(self._second_unit(), seeds=len(self.wrt))

    # --- the interpreter's answers ---------------------------------------------------------------------------

    @cached_property
    def _needed(self) -> Recipe:
        """The statements that the result needs, for the interpreter, so that it stops where compiled code does."""
        return self._statements({self.target})

    @cached_property
    def _asked(self) -> Recipe:
        """The same with those that names on the way need, which derivatives are by."""
        return self._statements({self.target, *self.wrt}) if set(self.wrt).difference(self.inputs) else self._needed

    def _statements(self, live: set[str]) -> Recipe:
        return self._recipe.but(parts=narrow(self._recipe.parts, live), codes={}, marked={})

    def _at(self, point: Sequence[float], spent: Spent | None, recipe: Recipe | None = None) -> Recipe:
        return (recipe or self._asked).but(spent=spent).at(dict(zip(self.inputs, point, strict=False)))

    def _value(self, point: Sequence[float], spent: Spent | None = None) -> Answered:
        run = self._at(point, spent, self._needed).values()
        return (plain(result(run, self.target)),), tuple(run.notes.values())

    def _gradient(self, point: Sequence[float], spent: Spent | None = None) -> Answered:
        found = self._at(point, spent).adjoints({self.target: 1.0}, self.wrt)
        return (found.values[self.target], *(found.derivatives[name] for name in self.wrt)), found.notes

    def _seeds(self, point: Sequence[float]) -> Mapping[str, float]:
        return dict(zip(self.wrt, point[len(self.inputs) :], strict=True))

    def _jvp(self, point: Sequence[float], spent: Spent | None = None) -> Answered:
        found = self._at(point, spent).tangents((self.target,), self._seeds(point))
        return (found.values[self.target], found.derivatives[self.target]), found.notes

    def _second(self, point: Sequence[float], spent: Spent | None = None) -> Answered:
        along = next(name for name, seed in self._seeds(point).items() if seed)
        found = self._at(point, spent).hessian_row(self.target, self.wrt, along)
        return (found.values[self.target], *(found.derivatives[name] for name in self.wrt)), found.notes


def _sum() -> Primitive:
    found = table().find("+", 2)
    assert found is not None
    return found


def _unsigned(name: str) -> str:
    """A name that no program has; not a temporary, for it is a result."""
    return f"{name} + 0"


def refuse_in_blocks(recipe: Recipe, names: Sequence[str]) -> None:
    """Names on the way are asked by where they are assigned last, which only a run can tell of those in blocks.

    Raises:
        Unavailable: such a name.
    """
    others = set(names).difference(recipe.inputs())
    steps = (step for part in recipe.parts for step in part.body) if others else ()
    if any(blocks_of(step) and not others.isdisjoint(assigned([step])) for step in steps):
        raise Unavailable("a name that is assigned in a block is asked by where a run assigns it last")
