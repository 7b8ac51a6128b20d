"""What an engine compiles, what it gives back, and which engines there are.

Law: an engine is a module with `build(unit, limits, ieee) -> Executable`. It is found here by its name and imported
when it is first asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from importlib.util import find_spec
from typing import Protocol

from lang.limits import Limits
from lang.source import Source
from lang.steps import form
from lang.steps.quicker import Quicker
from lang.steps.walk import blocks_of

ENGINES = ("auto", "interpreter", "python", "native")
NEEDS = {"python": ("lang.backend.python.function",), "native": ("lang.backend.native.function", "llvmlite")}

SOONER = 20_000
"""Steps of a straight unit whose machine code is ready before Python's: 0.34 s against 0.48 s for 34,000 of them, as
getting ready for the first one takes 0.14 s."""
COMPILING = "compiling the program"
"""What takes the time where a look at the clock finds it over."""
MUCH = 100_000
"""Steps for all directions of a table that take longer than compiling them."""


class Unavailable(Exception):
    """An engine cannot compile this, or is not there; the text says why, in words for people."""


@dataclass(frozen=True, eq=False)
class Unit:
    """A program to be compiled.

    Args:
        steps: its statements.
        source: the text they come from.
        inputs: the names of its inputs, in the order of the arguments; names that the steps do not ask for are allowed.
        results: the names whose values it gives, in order.
        functions: functions that are defined before.
        optional: may results have no value at the end? They are nan then.
        seeds: how many of the inputs, the last, are seeds: each 1 in its turn for a `table`.
    """

    steps: form.Block
    source: Source
    inputs: tuple[str, ...]
    results: tuple[str, ...]
    functions: Mapping[str, form.Procedure] = field(default_factory=dict)
    optional: bool = False
    seeds: int = 0

    def quicker(self) -> Unit:
        """The same with quicker primitives, wherever those give the same bits."""
        rewriting = Quicker()
        functions = {name: rewriting.procedure(each) for name, each in self.functions.items()}
        return replace(self, steps=rewriting.block(self.steps), functions=functions)

    def repeats(self) -> bool:
        """Does it loop, or call functions?"""
        pending = [self.steps]
        while pending:
            for step in pending.pop():
                if isinstance(step, form.While | form.For | form.Call):
                    return True
                pending.extend(blocks_of(step))
        return False


class Executable(Protocol):
    """A compiled unit: finite floats in, one for each input; its results, or None for the interpreter to say."""

    def __call__(self, values: Sequence[float]) -> tuple[float, ...] | None: ...


def build(engine: str, unit: Unit, limits: Limits, ieee: bool = False) -> Executable:
    """Compile a unit.

    Args:
        engine: `python` or `native`.
        limits: what each run may use.
        ieee: let inf and nan flow: results may then be any floats.

    Raises:
        Unavailable: the engine is not there, or cannot compile this.
    """
    for module in NEEDS[engine]:
        if find_spec(module) is None:
            raise Unavailable(f"the {engine} engine needs {module}, which is not installed")
    made: Executable = import_module(NEEDS[engine][0]).build(unit.quicker(), limits, ieee)
    return made


def pick(unit: Unit) -> str:
    """The engine that `auto` means: native for what loops, is a large table or very long, Python for what is over in a
    moment."""
    there = [engine for engine, needs in NEEDS.items() if all(find_spec(each) for each in needs)]
    much = unit.seeds * len(unit.steps) > MUCH
    wished = "native" if much or len(unit.steps) > SOONER or unit.repeats() or "python" not in there else "python"
    return wished if wished in there else there[0] if there else "interpreter"
