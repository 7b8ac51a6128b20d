"""`grammar/rules.ad` -> the table of primitives (level 1).

Comes in: the text of the rules. Goes out: `table()`, whose lines know their differential, the partial by each operand
and the conditions of their clauses, all as expressions. Must not know: how a value is computed or a program run.
"""

from lang.rules.linear import coefficient, restrict, verify_linear
from lang.rules.table import Primitive, Table, load, primitive, table

__all__ = ["Primitive", "Table", "coefficient", "load", "primitive", "restrict", "table", "verify_linear"]
