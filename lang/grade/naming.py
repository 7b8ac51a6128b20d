"""A submission's names -> the exercise's quantities: by what they are called, else by the values they hold.

Law: a name that says what it is counts as that, right or wrong; only names that say nothing are told by their values.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from lang.grade.quantities import ADJOINT, INPUT, SEED, VALUE
from lang.grade.trials import Trial, close
from lang.grade.wanted import Expected

Finals = Mapping[str, Sequence[float]]
"""The last value of each name, trial by trial."""

FORWARD = (
    *("d{}", "d_{}", "D{}", "{}_dot", "{}dot", "dot_{}", "{}_d", "{}d", "d{}_"),
    *("tangent_{}", "{}_tangent", "∂{}", "δ{}", "{}p", "{}_p", "{}_prime"),
)
QUOTIENTS = ("d{}d{}", "d{}_d{}", "∂{}_∂{}", "d{}_by_d{}")
BACKWARD = ("g{}", "g_{}", "{}_bar", "{}bar", "bar_{}", "grad_{}", "adj_{}", "{}_adj", "{}_grad", "a_{}", "d{}", "d_{}")


def patterns(wanted: Expected) -> dict[bool, tuple[str, ...]]:
    """How an adjoint is called, and how a differential: the usual ways, and quotients where their other half is clear:
    `dL_dw` of the only result `L`, `da_dx` by the only input that moves.
    """
    own = list(wanted.seeds)
    if len(own) != 1:
        return {True: BACKWARD, False: FORWARD}
    (only,) = own
    if wanted.backwards:
        return {True: (*BACKWARD, *(each.format(only, "{}") for each in QUOTIENTS)), False: FORWARD}
    return {True: BACKWARD, False: (*FORWARD, *(each.format("{}", only) for each in QUOTIENTS))}


def by_words(names: Iterable[str], wanted: Expected) -> dict[str, str]:
    """The quantity of each name that says what it is."""
    known = dict.fromkeys(names)
    found = {each: each for each in wanted.roles if each in known}
    usual = patterns(wanted)
    for quantity, of in wanted.owners.items():
        if quantity in found.values():
            continue
        backward = wanted.roles[quantity] == ADJOINT or (quantity in wanted.seeds.values() and wanted.backwards)
        for pattern in usual[backward]:
            word = pattern.format(of)
            if word in known and word not in found:
                found[word] = quantity
                break
    return found


def inputs(asked: Sequence[str], wanted: Expected) -> dict[str, str]:
    """The quantity that each input of a submission asks for; names that the exercise does not have go by order."""
    found = by_words(asked, wanted)
    given = (*wanted.seeds.values(), *wanted.inputs)
    found = {name: each for name, each in found.items() if wanted.roles[each] in (INPUT, SEED) or each in given}
    worded = by_words(asked, wanted)
    strange = dict.fromkeys(each for each in asked if each not in worded)
    moving = {each: tangent for each in strange for tangent in _called(each, FORWARD) if tangent in strange}
    tangents = set(moving.values())
    plain = [each for each in strange if each not in tangents]
    left = [each for each in wanted.inputs if each not in found.values()]
    for name, known in zip(plain, left, strict=False):
        found[name] = known
        if name in moving and known in wanted.seeds:
            found[moving[name]] = wanted.seeds[known]
    return found | _seeds([each for each in strange if each not in found], found, wanted)


def _seeds(strange: Sequence[str], found: Mapping[str, str], wanted: Expected) -> dict[str, str]:
    """The open seeds that no name says to be, for the inputs that are left: by the name in theirs, else in order."""
    left = {of: seed for of, seed in wanted.seeds.items() if wanted.fixed is None and seed not in found.values()}
    if len(strange) != len(left):
        return {}
    called = {seed: own for own, seed in found.items()}
    made = {}
    rest = list(strange)
    for of, seed in sorted(left.items(), key=lambda each: -len(each[0])):
        name = next((each for each in rest if called.get(of, of) in each), "")
        if name:
            made[name] = seed
            rest.remove(name)
    return made | dict(zip(rest, (each for each in left.values() if each not in made.values()), strict=True))


def _called(of: str, patterns: Sequence[str]) -> list[str]:
    return [pattern.format(of) for pattern in patterns]


def by_values(
    finals: Finals, found: dict[str, str], wanted: Expected, trials: Sequence[Trial], tolerance: float
) -> dict[str, str]:
    """The names with those added that hold a quantity's values in every trial."""
    taken = set(found.values())
    for quantity, role in wanted.roles.items():
        if quantity in taken or role in (INPUT, SEED):
            continue
        truth = [trial.truth.get(quantity, ())[-1:] for trial in trials]
        if not all(truth) or (role == VALUE and len({each[0] for each in truth}) == 1 and len(trials) > 1):
            continue
        for name, values in finals.items():
            if name in found or len(values) != len(truth):
                continue
            if all(close(one, other[0], tolerance) for one, other in zip(values, truth, strict=True)):
                found[name] = quantity
                taken.add(quantity)
                break
    return found
