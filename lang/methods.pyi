"""A program's verbs as methods, for type checkers; `pytest tests/test_typed.py --update` writes this file."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, overload

import numpy as np
from numpy.typing import NDArray

from lang.graph.computation import Graph
from lang.limits import Limits
from lang.page.build import Contents
from lang.program import Derived

Array = NDArray[np.float64]

class Methods:
    @overload
    def check(
        self,
        target: str,
        /,
        *,
        wrt: str | Sequence[str] | None = None,
        as_: Literal["text"] = ...,
        at: Mapping[str, float] | None = None,
        ieee: bool = False,
        kinks: str = ...,
        limits: Limits | None = None,
        engine: str = ...,
        **inputs: float,
    ) -> dict[str, Any]:
        """Automatic derivatives against 50 digits, forward against reverse, here and nearby.

        In a program: `check z wrt x`.
        """
    @overload
    def check(
        self,
        target: str,
        /,
        *,
        wrt: str | Sequence[str] | None = None,
        as_: Literal["json", "markdown", "latex", "csv", "html"],
        at: Mapping[str, float] | None = None,
        ieee: bool = False,
        kinks: str = ...,
        limits: Limits | None = None,
        engine: str = ...,
        **inputs: float,
    ) -> str:
        ...

    @overload
    def compare(
        self,
        target: str,
        /,
        *,
        wrt: str | Sequence[str] | None = None,
        as_: Literal["text"] = ...,
        at: Mapping[str, float] | None = None,
        ieee: bool = False,
        kinks: str = ...,
        limits: Limits | None = None,
        engine: str = ...,
        **inputs: float,
    ) -> dict[str, Any]:
        """Symbolic, finite differences, complex step, AD forward and reverse: derivative, error, effort.

        In a program: `compare z wrt x`.
        """
    @overload
    def compare(
        self,
        target: str,
        /,
        *,
        wrt: str | Sequence[str] | None = None,
        as_: Literal["json", "markdown", "latex", "csv", "html", "svg"],
        at: Mapping[str, float] | None = None,
        ieee: bool = False,
        kinks: str = ...,
        limits: Limits | None = None,
        engine: str = ...,
        **inputs: float,
    ) -> str:
        ...
    @overload
    def compare(
        self,
        target: str,
        /,
        *,
        wrt: str | Sequence[str] | None = None,
        as_: Literal["png"],
        at: Mapping[str, float] | None = None,
        ieee: bool = False,
        kinks: str = ...,
        limits: Limits | None = None,
        engine: str = ...,
        **inputs: float,
    ) -> bytes:
        ...

    @overload
    def cost(
        self,
        target: str,
        /,
        *,
        wrt: str | Sequence[str] | None = None,
        as_: Literal["text"] = ...,
        at: Mapping[str, float] | None = None,
        ieee: bool = False,
        kinks: str = ...,
        limits: Limits | None = None,
        engine: str = ...,
        **inputs: float,
    ) -> dict[str, Any]:
        """Operations and memory of the value, of forward and of reverse, counted.

        In a program: `cost z`.
        """
    @overload
    def cost(
        self,
        target: str,
        /,
        *,
        wrt: str | Sequence[str] | None = None,
        as_: Literal["json", "markdown", "latex", "csv", "html"],
        at: Mapping[str, float] | None = None,
        ieee: bool = False,
        kinks: str = ...,
        limits: Limits | None = None,
        engine: str = ...,
        **inputs: float,
    ) -> str:
        ...

    @overload
    def explain(
        self,
        target: str,
        /,
        *,
        wrt: str | Sequence[str] | None = None,
        as_: Literal["text"] = ...,
        at: Mapping[str, float] | None = None,
        ieee: bool = False,
        kinks: str = ...,
        limits: Limits | None = None,
        engine: str = ...,
        **inputs: float,
    ) -> Contents:
        """A page that steps through the program and back.

        In a program: `explain z`.
        """
    @overload
    def explain(
        self,
        target: str,
        /,
        *,
        wrt: str | Sequence[str] | None = None,
        as_: Literal["html", "json"],
        at: Mapping[str, float] | None = None,
        ieee: bool = False,
        kinks: str = ...,
        limits: Limits | None = None,
        engine: str = ...,
        **inputs: float,
    ) -> str:
        ...

    @overload
    def export(
        self,
        *targets: str,
        as_: Literal["text"] = ...,
        at: Mapping[str, float] | None = None,
        ieee: bool = False,
        kinks: str = ...,
        limits: Limits | None = None,
        engine: str = ...,
        **inputs: float,
    ) -> Derived:
        """The program itself, in this language or another.

        In a program: `export z as c`.
        """
    @overload
    def export(
        self,
        *targets: str,
        as_: Literal["json", "markdown", "python", "c", "javascript", "latex"],
        at: Mapping[str, float] | None = None,
        ieee: bool = False,
        kinks: str = ...,
        limits: Limits | None = None,
        engine: str = ...,
        **inputs: float,
    ) -> str:
        ...

    @overload
    def forward(
        self,
        *targets: str,
        wrt: str | Sequence[str] | None = None,
        by: str | None = None,
        along: Mapping[str, float | None] | None = None,
        as_: Literal["text", "lecture", "raw", "commented"] = ...,
        at: Mapping[str, float] | None = None,
        ieee: bool = False,
        kinks: str = ...,
        limits: Limits | None = None,
        engine: str = ...,
        **inputs: float,
    ) -> Derived:
        """The forward derivative program.

        In a program: `forward z along x=1, y=0`. `by`: interleaved, separate.
        """
    @overload
    def forward(
        self,
        *targets: str,
        wrt: str | Sequence[str] | None = None,
        by: str | None = None,
        along: Mapping[str, float | None] | None = None,
        as_: Literal["json", "markdown", "python", "c", "javascript", "latex"],
        at: Mapping[str, float] | None = None,
        ieee: bool = False,
        kinks: str = ...,
        limits: Limits | None = None,
        engine: str = ...,
        **inputs: float,
    ) -> str:
        ...

    @overload
    def grad(
        self,
        target: str,
        /,
        *,
        wrt: str | Sequence[str] | None = None,
        by: str | None = None,
        as_: Literal["text"] = ...,
        at: Mapping[str, float] | None = None,
        ieee: bool = False,
        kinks: str = ...,
        limits: Limits | None = None,
        engine: str = ...,
        **inputs: float,
    ) -> dict[str, float]:
        """Every partial derivative of a result.

        In a program: `grad z wrt x at x = 2`. `by`: reverse, forward, numeric, symbolic.
        """
    @overload
    def grad(
        self,
        target: str,
        /,
        *,
        wrt: str | Sequence[str] | None = None,
        by: str | None = None,
        as_: Literal["json", "markdown", "latex", "csv", "html"],
        at: Mapping[str, float] | None = None,
        ieee: bool = False,
        kinks: str = ...,
        limits: Limits | None = None,
        engine: str = ...,
        **inputs: float,
    ) -> str:
        ...

    @overload
    def graph(
        self,
        target: str,
        /,
        *,
        wrt: str | Sequence[str] | None = None,
        as_: Literal["text"] = ...,
        at: Mapping[str, float] | None = None,
        ieee: bool = False,
        kinks: str = ...,
        limits: Limits | None = None,
        engine: str = ...,
        **inputs: float,
    ) -> Graph:
        """The computation graph with values and derivatives.

        In a program: `graph z as text`.
        """
    @overload
    def graph(
        self,
        target: str,
        /,
        *,
        wrt: str | Sequence[str] | None = None,
        as_: Literal["json", "mermaid", "dot", "svg"],
        at: Mapping[str, float] | None = None,
        ieee: bool = False,
        kinks: str = ...,
        limits: Limits | None = None,
        engine: str = ...,
        **inputs: float,
    ) -> str:
        ...

    @overload
    def hessian(
        self,
        target: str,
        /,
        *,
        wrt: str | Sequence[str] | None = None,
        as_: Literal["text"] = ...,
        at: Mapping[str, float] | None = None,
        ieee: bool = False,
        kinks: str = ...,
        limits: Limits | None = None,
        engine: str = ...,
        **inputs: float,
    ) -> Array:
        """All second derivatives of a result, as a table.

        In a program: `hessian z wrt x, y`.
        """
    @overload
    def hessian(
        self,
        target: str,
        /,
        *,
        wrt: str | Sequence[str] | None = None,
        as_: Literal["json", "markdown", "latex", "csv", "html"],
        at: Mapping[str, float] | None = None,
        ieee: bool = False,
        kinks: str = ...,
        limits: Limits | None = None,
        engine: str = ...,
        **inputs: float,
    ) -> str:
        ...

    @overload
    def jacobian(
        self,
        target: str,
        /,
        *targets: str,
        wrt: str | Sequence[str] | None = None,
        by: str | None = None,
        as_: Literal["text"] = ...,
        at: Mapping[str, float] | None = None,
        ieee: bool = False,
        kinks: str = ...,
        limits: Limits | None = None,
        engine: str = ...,
        **inputs: float,
    ) -> Array:
        """The partial derivatives of several results, as a table.

        In a program: `jacobian a, z wrt x, y`. `by`: reverse, forward.
        """
    @overload
    def jacobian(
        self,
        target: str,
        /,
        *targets: str,
        wrt: str | Sequence[str] | None = None,
        by: str | None = None,
        as_: Literal["json", "markdown", "latex", "csv", "html"],
        at: Mapping[str, float] | None = None,
        ieee: bool = False,
        kinks: str = ...,
        limits: Limits | None = None,
        engine: str = ...,
        **inputs: float,
    ) -> str:
        ...

    @overload
    def jvp(
        self,
        target: str,
        /,
        *targets: str,
        along: Mapping[str, float | None] | None = None,
        as_: Literal["text"] = ...,
        at: Mapping[str, float] | None = None,
        ieee: bool = False,
        kinks: str = ...,
        limits: Limits | None = None,
        engine: str = ...,
        **inputs: float,
    ) -> dict[str, tuple[float, float]]:
        """How results move when the inputs move along a direction.

        In a program: `jvp z along x=1, y=0`.
        """
    @overload
    def jvp(
        self,
        target: str,
        /,
        *targets: str,
        along: Mapping[str, float | None] | None = None,
        as_: Literal["json", "markdown", "latex", "csv", "html"],
        at: Mapping[str, float] | None = None,
        ieee: bool = False,
        kinks: str = ...,
        limits: Limits | None = None,
        engine: str = ...,
        **inputs: float,
    ) -> str:
        ...

    @overload
    def reverse(
        self,
        target: str,
        /,
        *targets: str,
        wrt: str | Sequence[str] | None = None,
        by: str | None = None,
        along: Mapping[str, float | None] | None = None,
        as_: Literal["text", "lecture", "raw", "commented"] = ...,
        at: Mapping[str, float] | None = None,
        ieee: bool = False,
        kinks: str = ...,
        limits: Limits | None = None,
        engine: str = ...,
        **inputs: float,
    ) -> Derived:
        """The adjoint program of reverse mode.

        In a program: `reverse z along z=1`. `by`: whole, separate.
        """
    @overload
    def reverse(
        self,
        target: str,
        /,
        *targets: str,
        wrt: str | Sequence[str] | None = None,
        by: str | None = None,
        along: Mapping[str, float | None] | None = None,
        as_: Literal["json", "markdown", "python", "c", "javascript", "latex"],
        at: Mapping[str, float] | None = None,
        ieee: bool = False,
        kinks: str = ...,
        limits: Limits | None = None,
        engine: str = ...,
        **inputs: float,
    ) -> str:
        ...

    @overload
    def rules(
        self,
        *targets: str,
        as_: Literal["text"] = ...,
        at: Mapping[str, float] | None = None,
        ieee: bool = False,
        kinks: str = ...,
        limits: Limits | None = None,
        engine: str = ...,
        **inputs: float,
    ) -> list[dict[str, Any]]:
        """The derivative rules, with domains and kinks.

        In a program: `rules sin, mul`.
        """
    @overload
    def rules(
        self,
        *targets: str,
        as_: Literal["json", "markdown", "latex", "csv", "html", "lecture"],
        at: Mapping[str, float] | None = None,
        ieee: bool = False,
        kinks: str = ...,
        limits: Limits | None = None,
        engine: str = ...,
        **inputs: float,
    ) -> str:
        ...

    @overload
    def symbolic(
        self,
        target: str,
        /,
        *,
        wrt: str | Sequence[str] | None = None,
        as_: Literal["text"] = ...,
        at: Mapping[str, float] | None = None,
        ieee: bool = False,
        kinks: str = ...,
        limits: Limits | None = None,
        engine: str = ...,
        **inputs: float,
    ) -> dict[str, str]:
        """The closed form of a result and of its derivatives, and its size.

        In a program: `symbolic z wrt x`.
        """
    @overload
    def symbolic(
        self,
        target: str,
        /,
        *,
        wrt: str | Sequence[str] | None = None,
        as_: Literal["json", "markdown", "latex", "csv", "html"],
        at: Mapping[str, float] | None = None,
        ieee: bool = False,
        kinks: str = ...,
        limits: Limits | None = None,
        engine: str = ...,
        **inputs: float,
    ) -> str:
        ...

    @overload
    def tape(
        self,
        target: str,
        /,
        *,
        wrt: str | Sequence[str] | None = None,
        as_: Literal["text"] = ...,
        at: Mapping[str, float] | None = None,
        ieee: bool = False,
        kinks: str = ...,
        limits: Limits | None = None,
        engine: str = ...,
        **inputs: float,
    ) -> dict[str, Any]:
        """The record of reverse mode, and the sweep back with each contribution as it is added.

        In a program: `tape z`.
        """
    @overload
    def tape(
        self,
        target: str,
        /,
        *,
        wrt: str | Sequence[str] | None = None,
        as_: Literal["json", "markdown", "latex", "csv", "html"],
        at: Mapping[str, float] | None = None,
        ieee: bool = False,
        kinks: str = ...,
        limits: Limits | None = None,
        engine: str = ...,
        **inputs: float,
    ) -> str:
        ...

    @overload
    def trace(
        self,
        target: str,
        /,
        *,
        wrt: str | Sequence[str] | None = None,
        along: Mapping[str, float | None] | None = None,
        as_: Literal["text"] = ...,
        at: Mapping[str, float] | None = None,
        ieee: bool = False,
        kinks: str = ...,
        limits: Limits | None = None,
        engine: str = ...,
        **inputs: float,
    ) -> dict[str, Any]:
        """Each statement with its value, its differential and its derivative, as a table.

        In a program: `trace z wrt x`.
        """
    @overload
    def trace(
        self,
        target: str,
        /,
        *,
        wrt: str | Sequence[str] | None = None,
        along: Mapping[str, float | None] | None = None,
        as_: Literal["json", "markdown", "latex", "csv", "html"],
        at: Mapping[str, float] | None = None,
        ieee: bool = False,
        kinks: str = ...,
        limits: Limits | None = None,
        engine: str = ...,
        **inputs: float,
    ) -> str:
        ...

    @overload
    def vjp(
        self,
        target: str,
        /,
        *targets: str,
        wrt: str | Sequence[str] | None = None,
        along: Mapping[str, float | None] | None = None,
        as_: Literal["text"] = ...,
        at: Mapping[str, float] | None = None,
        ieee: bool = False,
        kinks: str = ...,
        limits: Limits | None = None,
        engine: str = ...,
        **inputs: float,
    ) -> dict[str, float]:
        """A sensitivity of results, pulled back to the inputs.

        In a program: `vjp a, z along a=1, z=0.5`.
        """
    @overload
    def vjp(
        self,
        target: str,
        /,
        *targets: str,
        wrt: str | Sequence[str] | None = None,
        along: Mapping[str, float | None] | None = None,
        as_: Literal["json", "markdown", "latex", "csv", "html"],
        at: Mapping[str, float] | None = None,
        ieee: bool = False,
        kinks: str = ...,
        limits: Limits | None = None,
        engine: str = ...,
        **inputs: float,
    ) -> str:
        ...

    @overload
    def why(
        self,
        target: str,
        /,
        *,
        wrt: str | Sequence[str] | None = None,
        as_: Literal["text"] = ...,
        at: Mapping[str, float] | None = None,
        ieee: bool = False,
        kinks: str = ...,
        limits: Limits | None = None,
        engine: str = ...,
        **inputs: float,
    ) -> dict[str, Any]:
        """The paths from an input to a result, with the factor on each edge and each product.

        In a program: `why z wrt x`.
        """
    @overload
    def why(
        self,
        target: str,
        /,
        *,
        wrt: str | Sequence[str] | None = None,
        as_: Literal["json", "markdown", "latex", "csv", "html"],
        at: Mapping[str, float] | None = None,
        ieee: bool = False,
        kinks: str = ...,
        limits: Limits | None = None,
        engine: str = ...,
        **inputs: float,
    ) -> str:
        ...
