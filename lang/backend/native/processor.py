"""Which processor this is -> how LLVM's text reaches what processors have in ways of their own.

Law: everything that differs from one kind of processor to another stands here. What is not known here has no native
engine: the interpreter and Python answer there.

An operation without a finite result leaves a mark in a register of the processor. It is read into a place in memory and
written back from one, four bytes each:

    x86-64     MXCSR: invalid 1, division by zero 4, overflow 8; all six marks are the lowest bits
    AArch64    FPSR: invalid 1, division by zero 2, overflow 4; the others are 8, 16 and 128
"""

from __future__ import annotations

import ctypes
import platform
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from lang.backend.unit import Unavailable


class Processor(NamedTuple):
    """A kind of processor, in LLVM's words.

    Attributes:
        reads: puts the register of marks in the place `SLOT`; used once for a place.
        writes: puts the place in the register; used once for a place.
        declarations: what those lines call.
        marks: the bits of all marks.
        odd: those of invalid operations, divisions by zero and overflows.
        pause: what a thread calls that waits for another one, for a moment: as it is declared, and as it is called.
        floats: what an empty piece of assembly calls a register for floats.
        cold: how a function is called that is hardly ever called, and keeps all registers if it can.
        keeps: what LLVM must be told of such a function so that it does; `FLAGS` are those of this machine.
        wider: what LLVM calls the features that make vector registers hold more than two doubles, and how many then.
        letters: how glibc's libmvec calls registers, by how many doubles they hold.
    """

    reads: str
    writes: str
    declarations: tuple[str, ...]
    marks: int
    odd: int
    pause: tuple[str, str]
    floats: str
    cold: str
    keeps: str
    wider: tuple[tuple[str, int], ...]
    letters: Mapping[int, str]


# LLVM ends a function that used wide registers with `vzeroupper`, also one that has just given them back as they were:
# then their upper halves are 0. (LLVM 20 still does, for `preserve_allcc`.)
X86_64 = Processor(
    "call void @llvm.x86.sse.stmxcsr(ptr SLOT)",
    "call void @llvm.x86.sse.ldmxcsr(ptr SLOT)",
    ("declare void @llvm.x86.sse.stmxcsr(ptr)", "declare void @llvm.x86.sse.ldmxcsr(ptr)"),
    marks=63, odd=13,
    pause=("@llvm.x86.sse2.pause()", "@llvm.x86.sse2.pause()"),
    floats="x", cold="preserve_allcc", keeps='"target-features"="FLAGS,-vzeroupper"',
    wider=(("avx512dq", 8), ("avx2", 4)), letters={2: "b", 4: "d", 8: "e"},
)  # fmt: skip

AARCH64 = Processor(
    "SLOT.read = call i64 @llvm.aarch64.get.fpsr()\n"
    "  SLOT.short = trunc i64 SLOT.read to i32\n"
    "  store i32 SLOT.short, ptr SLOT",
    "SLOT.kept = load i32, ptr SLOT\n"
    "  SLOT.long = zext i32 SLOT.kept to i64\n"
    "  call void @llvm.aarch64.set.fpsr(i64 SLOT.long)",
    ("declare i64 @llvm.aarch64.get.fpsr()", "declare void @llvm.aarch64.set.fpsr(i64)"),
    marks=159, odd=7,
    pause=("@llvm.aarch64.hint(i32)", "@llvm.aarch64.hint(i32 1)"),
    floats="w", cold="", keeps="", wider=(), letters={2: "n"},
)  # fmt: skip
"""`preserve_allcc` is known for it to new LLVMs only."""

_KNOWN = {"x86_64": X86_64, "amd64": X86_64, "aarch64": AARCH64, "arm64": AARCH64}


@cache
def processor() -> Processor:
    """This machine's processor.

    Raises:
        Unavailable: machine code is not written for it.
    """
    found = _KNOWN.get(platform.machine().lower())
    if found is None or ctypes.sizeof(ctypes.c_void_p) != 8:
        raise Unavailable(f"the native engine knows x86-64 and AArch64, not this processor ({platform.machine()})")
    return found
