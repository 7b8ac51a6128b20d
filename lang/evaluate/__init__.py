"""Steps and a number domain -> values and derivatives: the teaching interpreter (level 4).

Comes in: steps. Goes out: values, tangents, adjoints, and notes on awkward points. Numbers are floats, dual numbers
or nodes of a tape, and these nest: a dual number's parts may be numbers of an outer derivative. Must not know: what a
verb answers or how a person sees it.

Read `run` first, then `machine` (the loop), `forward` and `tape` (the two ways a derivative travels).
"""
