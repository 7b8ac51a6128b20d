"""A unit and many points at once -> their answers, on all cores.

Comes in: a `Unit`, and rows of inputs. Goes out: arrays, and a mark for each row that has no answer here.
Must not know: who answers the rows that are marked.

    job        blocks of rows, and the threads that take them
    shares     how machine code hands rows out;  together   to a caller and helpers;  crew   helpers, awake or asleep
    code       machine code that answers several rows at a time, by these:
    lanes      steps on lanes -> lines;  line, writer   one of them, for all lanes
    layout     rows in memory <-> columns in registers
    frame, stack, look   names, choices, odd values there;  kernel   kernels
    module     what is asked for from around;  text   the whole
    single     units that lanes cannot do: one row after another, in machine code
    columns    whole columns in NumPy, where there is no compiler
"""
