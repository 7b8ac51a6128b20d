"""Loops, recursion and Rosenbrock's function with their derivatives, by hand, for numba.

Law: the same computations as the C of `csource`, in the same order. Each function takes the point, room for the
derivatives, and a size, and gives the value; it is compiled when it is asked for.
"""

from __future__ import annotations

from math import cos, sin
from typing import Any

import numba as nb
import numpy as np

from tests.bench.workloads import calls


def loop_forward(x: Any, g: Any, turns: Any) -> Any:
    """The loop of four operations, with its tangent."""
    y, s, ds = x[1], x[0], 1.0
    for _ in range(turns):
        t, dt = y * s, y * ds
        s = s + 0.000001 * sin(t)
        ds = ds + 0.000001 * (cos(t) * dt)
    g[0] = 2 * s * ds
    return s * s


def loop_reverse(x: Any, g: Any, turns: Any) -> Any:
    """The same loop, forth and back."""
    y, s, gy = x[1], x[0], 0.0
    saved = np.empty(turns)
    for i in range(turns):
        saved[i] = s
        s = s + 0.000001 * sin(y * s)
    z, gs = s * s, 2 * s
    for i in range(turns - 1, -1, -1):
        gt = cos(y * saved[i]) * (0.000001 * gs)
        gy += saved[i] * gt
        gs += y * gt
    g[0], g[1] = gs, gy
    return z


def light(x: Any, g: Any, turns: Any) -> Any:
    """The loop of two operations, with its tangent."""
    y, s, ds = x[1], x[0], 1.0
    for _ in range(turns):
        ds = ds * y
        s = s * y + 0.25
    g[0] = 2 * s * ds
    return s * s


def calls_forward() -> Any:
    """The recursion, with its tangent."""

    @nb.njit
    def of(n: Any, a: Any, da: Any, y: Any) -> Any:
        if n < 2:
            return a, da
        p, dp = of(n - 1, a, da, y)
        q, dq = of(n - 2, a, da, y)
        return sin(p) + y * q, cos(p) * dp + y * dq

    @nb.njit
    def forward(x: Any, g: Any, size: Any) -> Any:
        z, dz = of(size, x[0], 1.0, x[1])
        g[0] = dz
        return z

    return forward


def calls_reverse() -> Any:
    """The recursion, forth and back; what is saved lies in an array, whose first number says how much."""

    @nb.njit
    def of(n: Any, a: Any, y: Any, saved: Any) -> Any:
        if n < 2:
            return a
        p = of(n - 1, a, y, saved)
        q = of(n - 2, a, y, saved)
        top = int(saved[0])
        saved[top], saved[top + 1], saved[0] = p, q, top + 2
        return sin(p) + y * q

    @nb.njit
    def back(n: Any, y: Any, by: Any, saved: Any, g: Any) -> Any:
        if n < 2:
            g[0] += by
            return 0.0
        top = int(saved[0]) - 2
        p, q, saved[0] = saved[top], saved[top + 1], top
        g[1] += q * by
        back(n - 2, y, y * by, saved, g)
        back(n - 1, y, cos(p) * by, saved, g)
        return 0.0

    @nb.njit
    def reverse(x: Any, g: Any, size: Any, saved: Any) -> Any:
        saved[0] = 1
        g[:] = 0.0
        z = of(size, x[0], x[1], saved)
        back(size, x[1], 1.0, saved, g)
        return z

    room: dict[int, Any] = {}

    def whole(x: Any, g: Any, size: Any) -> Any:
        if size not in room:
            room[size] = np.empty(2 * calls(size) + 1)
        return reverse(x, g, size, room[size])

    return whole


def rosenbrock(x: Any, g: Any, size: Any) -> Any:
    """Rosenbrock's function and its gradient."""
    z = 0.0
    g[:] = 0.0
    for i in range(size - 1):
        a, b = x[i + 1] - x[i] * x[i], 1 - x[i]
        z += 100 * a * a + b * b
        g[i] += -400 * a * x[i] - 2 * b
        g[i + 1] += 200 * a
    return z


def hessian(x: Any, h: Any, size: Any) -> Any:
    """Rosenbrock's function and its second derivatives, a direction at a time, as C does it here."""
    z = 0.0
    h[:, :] = 0.0
    for k in range(size):
        for i in range(size - 1):
            dx, dy = 1.0 if i == k else 0.0, 1.0 if i + 1 == k else 0.0
            a, da = x[i + 1] - x[i] * x[i], dy - 2 * x[i] * dx
            h[k, i] += -400 * (da * x[i] + a * dx) + 2 * dx
            h[k, i + 1] += 200 * da
    for i in range(size - 1):
        a, b = x[i + 1] - x[i] * x[i], 1 - x[i]
        z += 100 * a * a + b * b
    return z


FORMS = {
    ("loop", "jvp"): lambda: nb.njit(loop_forward),
    ("loop", "gradient"): lambda: nb.njit(loop_reverse),
    ("light", "jvp"): lambda: nb.njit(light),
    ("recursion", "jvp"): calls_forward,
    ("recursion", "gradient"): calls_reverse,
    ("rosenbrock", "gradient"): lambda: nb.njit(rosenbrock),
    ("rosenbrock", "hessian"): lambda: nb.njit(hessian),
}
