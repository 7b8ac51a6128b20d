"""A kernel, written in Python -> LLVM functions that do the same operations in the same order.

Law: there is one text of each kernel, in `lang.kernels`; this reads it. Only the plainest Python is understood:
see `kernelreader`. A kernel that needs more (a loop, an exception) is `None` here, and machine code calls it in Python.

A kernel answers for every float without raising, so a division by zero or the logarithm of 0 is on no path it takes.
"""

from __future__ import annotations

import inspect
from functools import cache

from lang.backend.native.kernelparts import NotPlain
from lang.backend.native.kernelreader import INFINITY, Reader
from lang.kernels import KERNELS


@cache
def code(key: tuple[str, int], name: str) -> tuple[str, frozenset[tuple[str, int]]] | None:
    """The LLVM text of a kernel as a function of that name, and what it calls outside; None where it is not plain."""
    return read(Reader(name), key, name)


def read(reader: Reader, key: tuple[str, int], name: str) -> tuple[str, frozenset[tuple[str, int]]] | None:
    """The same by a reader, which may write for lanes."""
    kernel = KERNELS[key]
    if not inspect.isfunction(kernel) or kernel.__closure__:
        return None
    try:
        (kind,) = reader.function(kernel, name)
    except (NotPlain, OSError, ValueError):
        return None
    return ("\n\n".join(reader.texts), frozenset(reader.outside)) if kind == "double" else None


ALONE = """\
define double @NAME_any(HEAD) nounwind {
  %value = call double @NAME(HEAD)
  ret double %value
}

define double @NAME_finite(HEAD) nounwind {
  %value = call double @NAME(HEAD)
  %size = call double @llvm.fabs.f64(double %value)
  %odd = fcmp ueq double %size, INFINITY
  br i1 %odd, label %raise, label %end
raise:
  %place = alloca double
  store volatile double 0.0, ptr %place
  %zero = load volatile double, ptr %place
  %raised = fdiv double %zero, %zero
  store volatile double %raised, ptr %place
  br label %end
end:
  ret double %value
}
"""
"""A kernel for other modules to call, as it is, and so that it raises a flag where it has no value."""


def alone(key: tuple[str, int], name: str) -> tuple[str, frozenset[str]]:
    """The LLVM text of a module of one plain kernel, and the names of what it calls outside."""
    found = code(key, name)
    assert found is not None
    head = ", ".join(f"double %a{index}" for index in range(key[1]))
    outside = dict(found[1]) | {"llvm.fabs.f64": 1}
    declared = [f"declare double @{each}({', '.join(['double'] * count)}) nounwind willreturn memory(none)"
                for each, count in sorted(outside.items())]  # fmt: skip
    ways = ALONE.replace("NAME", name).replace("HEAD", head).replace("INFINITY", INFINITY)
    return "\n".join([*declared, found[0], ways]), frozenset(outside)
