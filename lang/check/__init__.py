"""Tree -> checked tree: every name, call, rule and command means something, or the first that does not is
an error (level 2).

Comes in: a program's tree, the scope before it, the verbs that commands may use. Goes out: `Checked`, the
same tree with what later stages would have to look up again. Must not know: kinds of values, steps, how
anything is computed.
"""

from lang.check.program import check
from lang.check.scope import CONSTANTS, Checked, Defined, Ruled, Scope, Signature, Use

__all__ = ["CONSTANTS", "Checked", "Defined", "Ruled", "Scope", "Signature", "Use", "check"]
