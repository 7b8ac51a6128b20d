"""micrograd with what it lacks: six functions, written in its own way, and a sweep that does not recurse.

Source: A. Karpathy, micrograd (MIT licence); only its class is used, nothing is copied.
"""

from __future__ import annotations

import math

from micrograd.engine import Value as Plain


class Value(Plain):  # type: ignore[misc]
    """A number that remembers where it came from."""

    def __add__(self, other):  # type: ignore[no-untyped-def]
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other), "+")

        def _backward() -> None:
            self.grad += out.grad
            other.grad += out.grad

        out._backward = _backward
        return out

    def __mul__(self, other):  # type: ignore[no-untyped-def]
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, (self, other), "*")

        def _backward() -> None:
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._backward = _backward
        return out

    def __pow__(self, other):  # type: ignore[no-untyped-def]
        out = Value(self.data**other, (self,), f"**{other}")

        def _backward() -> None:
            self.grad += (other * self.data ** (other - 1)) * out.grad

        out._backward = _backward
        return out

    def backward(self) -> None:
        """The sweep, in an order found with a list in place of Python's stack."""
        order, seen, pending = [], set(), [(self, False)]
        while pending:
            node, done = pending.pop()
            if done:
                order.append(node)
            elif node not in seen:
                seen.add(node)
                pending.append((node, True))
                pending.extend((child, False) for child in node._prev)
        self.grad = 1
        for node in reversed(order):
            node._backward()


def _unary(name: str, value, slope):  # type: ignore[no-untyped-def]
    def function(a):  # type: ignore[no-untyped-def]
        out = Value(value(a.data), (a,), name)

        def _backward() -> None:
            a.grad += slope(a.data, out.data) * out.grad

        out._backward = _backward
        return out

    setattr(Value, name, staticmethod(function))


_unary("sin", math.sin, lambda a, c: math.cos(a))
_unary("cos", math.cos, lambda a, c: -math.sin(a))
_unary("tanh", math.tanh, lambda a, c: 1 - c**2)
_unary("exp", math.exp, lambda a, c: c)
_unary("log", math.log, lambda a, c: 1 / a)
_unary("sqrt", math.sqrt, lambda a, c: 0.5 / c)
