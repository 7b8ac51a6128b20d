"""What a right answer amounts to, as facts: its quantities, their definitions, and which of them are asked for.

Law: facts only; `expected` makes them from an exercise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lang.grade.differential import Functions
from lang.grade.quantities import Definition
from lang.grade.sweep import Sweep


@dataclass
class Expected:
    """What a right answer amounts to.

    Attributes:
        primal: the program itself, as text.
        text: the program of all quantities, which runs.
        roles: what each quantity is, in the order in which the lines come.
        definitions: of each quantity.
        required: the quantities that are asked for.
        seeds: the quantity that seeds each name.
        functions: the parameters of the program's functions.
        straight: is every quantity computed exactly once?
        fixed: the seeds, where the exercise gives them numbers.
        inputs: the program's inputs.
        owners: the name of the program that each tangent and adjoint belongs to.
        whole: is there a definition for each quantity, or is only the result known?
        backwards: are adjoints asked for?
        sweep: the way back through the program, where names are assigned again or there are blocks; else None.
    """

    primal: str
    text: str
    roles: dict[str, str]
    definitions: dict[str, list[Definition]]
    required: tuple[str, ...]
    seeds: dict[str, str]
    functions: Functions
    straight: bool
    fixed: Mapping[str, float] | None
    inputs: tuple[str, ...]
    owners: dict[str, str]
    whole: bool = True
    backwards: bool = False
    sweep: Sweep | None = None
