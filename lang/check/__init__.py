"""Tree -> checked tree: every name, call, rule and command means something, or the first that does not is
an error (level 2).

Comes in: a program's tree, the scope before it, the verbs that commands may use. Goes out: `Checked`, the
same tree with what later stages would have to look up again. Must not know: kinds of values, steps, how
anything is computed.

    program        the tree -> checked, what later stages read (`scope`)
    statements     the walk: each statement in order, blocks inside blocks on a stack
    desk           what the walk has on its desk: the facts so far, and where it stands
    outline        what statements assign and define, looked through before the walk
    placing        where statements may stand
    expressions    every name can be read and every call means a function, with `reading`, `calls`, `derivatives`
    reading        a name where a value is read
    calls          a call -> the function it means
    derivatives    `f'[x, y](x, y)` -> by which parameters
    unpacking      `p, q = f(x)`: as many values as names
    defaults       the value an input has when nothing is supplied
    functions      the head and the returns of a definition
    user_rules     `c = f(a, b) => dc = ...`
    commands       a verb, its targets and clauses
    readiness      everything that a call will read and call has a meaning by now
    names          the names of one body, as far as the walk has come
    scope          what a program defines, for the texts after it
    suggest        a name nobody knows -> the one that was meant
    words          counts, lists and heads as people read them
"""

from lang.check.program import check
from lang.check.scope import CONSTANTS, Checked, Defined, Ruled, Scope, Signature, Use

__all__ = ["CONSTANTS", "Checked", "Defined", "Ruled", "Scope", "Signature", "Use", "check"]
