"""Who takes part: by hand, adlang's engines, and the libraries people would pick instead, where they are installed.

Law: one list; a contender is a name, what must be installed, and what makes it ready for a workload (see `ready`).
"""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from tests.bench import compilers, hand, ours, tapes
from tests.bench.ready import Make


def nothing() -> None:
    """Some need no start."""


@dataclass(frozen=True)
class Contender:
    """Somebody who takes part.

    Attributes:
        make: what makes it ready for a workload.
        module: what must be installed; empty for adlang and for C.
        start: what a process of it does before the first workload, so that no workload pays for it.
    """

    make: Make
    module: str = ""
    start: Callable[[], Any] = nothing


def _engine(name: str) -> Callable[[], Any]:
    """The grammar is read and kept; LLVM is loaded where it is used."""

    def first() -> None:
        import lang

        engine = name if name in ("python", "interpreter") else "native"
        lang.parse("x = ?; z = x * sin(x)").compile("z", engine=engine).grad(1.0)

    return first


def _headers() -> None:
    """`torch.compile` compiles C++ headers once, for a quarter of a minute."""
    import torch

    x = torch.ones(1, requires_grad=True)
    torch.compile(lambda x: x * 2)(x).sum().backward()


def _import(module: str) -> Callable[[], Any]:
    return lambda: importlib.import_module(module)


OURS = {name: Contender(make, start=_engine(name)) for name, make in ours.OURS.items()}
BY_HAND = {
    "C": Contender(hand.c),
    "C -ffast-math": Contender(hand.fast),
    "numba": Contender(hand.numba, "numba", _import("numba")),
}
LIBRARIES = {
    "CasADi": Contender(compilers.casadi, "casadi", _import("casadi")),
    "JAX": Contender(compilers.jax, "jax", _import("jax")),
    "torch.compile": Contender(compilers.torch_compile, "torch", _headers),
    "SymPy": Contender(compilers.sympy, "sympy", _import("sympy")),
    "PyTorch": Contender(tapes.torch, "torch", _import("torch")),
    "autograd": Contender(tapes.autograd, "autograd", _import("autograd.numpy")),
    "micrograd": Contender(tapes.micrograd, "micrograd", _import("micrograd.engine")),
}
ALL = {"C": BY_HAND["C"], **OURS, **BY_HAND, **LIBRARIES}


def missing(name: str) -> str:
    """Why a contender cannot take part at all; empty where it can."""
    if ALL[name].make in (hand.c, hand.fast):
        return "" if shutil.which("gcc") else "gcc is not installed"
    needed = "llvmlite" if name in ("native", "exact", "uncounted") else ALL[name].module
    return "" if not needed or importlib.util.find_spec(needed) else f"{needed} is not installed"


def taking_part(named: Iterable[str] | None = None) -> list[str]:
    """Everybody who is here, or those named (in whatever case); C first, whom the others must agree with."""
    wanted = None if named is None else {each.lower() for each in named}
    if wanted is not None and (unknown := wanted - {name.lower() for name in ALL}):
        raise SystemExit(f"nobody is called {', '.join(sorted(unknown))}; there are {', '.join(ALL)}")
    return [name for name in ALL if not missing(name) and (wanted is None or name.lower() in wanted)]
