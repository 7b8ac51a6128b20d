"""Steps of a program -> a fast function of its inputs. No derivative knowledge: a gradient comes in as the steps of a
derivative program, like any other program.

Comes in: a `Unit`. Goes out: an `Executable`, made by one of the engines, each in a room of its own that is imported
when it is first asked. Must not know: derivatives, verbs, how the interpreter runs.

    unit         what is compiled, and what comes out
    python       a room: unit -> Python function
    native       a room: unit -> machine code
    rows         a room: many points at once, on lanes, on all cores

Law: an executable answers with exactly the numbers the interpreter would have, or not at all (`None`): wherever an
operation has no finite value, a limit is passed, or anything else is out of the ordinary, the interpreter says what.
"""

from __future__ import annotations

from lang.backend.unit import ENGINES, Executable, Unavailable, Unit, build, pick

__all__ = ["ENGINES", "Executable", "Unavailable", "Unit", "build", "pick"]
