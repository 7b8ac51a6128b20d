"""How a command ends: the exit codes, and which error ends in which.

0 ok · 1 program error or failed check · 2 usage or file not found · 3 missing input · 4 a grade below `--fail-under`
· 70 internal error · 130 Ctrl-C · 141 the reader of a pipe has gone.
"""

from __future__ import annotations

OK, FAILED, USAGE, MISSING, INTERNAL, INTERRUPTED, PIPE = 0, 1, 2, 3, 70, 130, 141
