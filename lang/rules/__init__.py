"""`grammar/rules.ad` -> the table of primitives (level 1).

Comes in: the text of the rules. Goes out: `table()`, whose lines know their differential, the partial by each operand
and the conditions of their clauses, all as expressions. Must not know: how a value is computed or a program run.

    primitive    a line -> what it says
    linear       a right side -> what is left of it when only some operands move, and the factor of each
    verify       the lines -> the first that is no rule, as an error
    table        the text -> all primitives, each read when it is first used
"""

from lang.rules.linear import coefficient, restrict, verify_linear
from lang.rules.primitive import Primitive, fixed_by, primitive
from lang.rules.table import Table, load, table

__all__ = ["Primitive", "Table", "coefficient", "fixed_by", "load", "primitive", "restrict", "table", "verify_linear"]
