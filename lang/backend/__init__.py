"""Steps of a program -> a fast function of its inputs. No derivative knowledge: a gradient comes in as the steps of a
derivative program, like any other program.

Comes in: a `Unit`. Goes out: an `Executable`, made by one of the engines, each in a room of its own that is imported
when it is first asked. Must not know: derivatives, verbs, how the interpreter runs.

    unit         what is compiled, and what comes out
    shape        kinds of names, functions that are called;  liveness   what nothing reads
    certain      which names have a value whatever happens
    straight     a unit without blocks -> its values, numbered

    native       unit -> LLVM IR -> machine code, by these:
    lines        a straight unit -> text, within milliseconds
    groups, grouped   a long one -> a list of its operations by kind, and the loops that work through that
    body         any unit -> text, scope by scope;  hosted   what that asks of the host;  calls   of functions
    parts        long straight parts of any unit, written as straight units are
    recursion    functions that calls come back to, written so that a call does the work of several
    variables, carried   where names live;  writer   one function
    primitives   a primitive -> its instructions
    kernelcode, kernelreader      a kernel's Python text -> the same operations in LLVM
    emit, module   the text as a whole;  around, host   what stands around it, and what it asks of Python
    processor    what processors have in ways of their own
    jit          text -> machine code;  quick, arrays   a small one as a built-in function, of floats, of a vector

    directions   along all directions at once;  colours   which of them are computed as one

    python       a room: unit -> Python function
    rows         a room: many points at once, on lanes, on all cores

Law: an executable answers with exactly the numbers the interpreter would have, or not at all (`None`): wherever an
operation has no finite value, a limit is passed, or anything else is out of the ordinary, the interpreter says what.
"""

from __future__ import annotations

from lang.backend.unit import ENGINES, Executable, Unavailable, Unit, build, pick

__all__ = ["ENGINES", "Executable", "Unavailable", "Unit", "build", "pick"]
