"""The quantities that the lines of an answer compute, and how each follows from others.

Law: facts only; `expected` makes them from an exercise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lang.syntax import tree

INPUT, SEED, VALUE, TANGENT, ADJOINT = "input", "seed", "value", "tangent", "adjoint"

Expression = tree.Expression


@dataclass(frozen=True)
class Contribution:
    """What one statement adds to an adjoint: its differential by one name, times the adjoint of its result."""

    target: str
    expression: Expression
    adjoint: str
    by: str


@dataclass(frozen=True, eq=False)
class Definition:
    """How a quantity follows from others.

    Attributes:
        quantity: its name.
        local: the expression, in names of quantities.
        of: the name of the program it belongs to.
        value: the statement's right side in the program; None for seeds and adjoints.
        called: the same with its calls of functions as they stand; None where it has none.
        moving: for a tangent, the differential of each name that moves.
        parts: for an adjoint, its contributions.
    """

    quantity: str
    local: Expression
    of: str
    value: Expression | None = None
    moving: Mapping[str, Expression] = field(default_factory=dict)
    parts: tuple[Contribution, ...] = ()
    called: Expression | None = None
