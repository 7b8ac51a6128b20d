"""Steps and a number domain -> values and derivatives: the teaching interpreter (level 4).

Comes in: steps. Goes out: values, tangents, adjoints, and notes on awkward points. Numbers are floats, dual numbers
or nodes of a tape, and these nest: a dual number's parts may be numbers of an outer derivative. Must not know: what a
verb answers or how a person sees it.

    supplied     what somebody supplies -> the value of an input
    recipe       a program with its inputs, ready to be run in any of these ways;  settings   how;  point   the answer
    marks        steps -> the same, telling of names on the way;  wanted   what becomes of names that are asked for
    run          one run: what it has met;  spending   what it may use;  observing   what it keeps of awkward points
    assemble     steps -> code with registers and jumps
    machine      the loop that runs it;  frame   a scope that is running;  counting   operations counted, too
    calling      calls -> frames;  calls   `f'(x)` and the user's rules
    straight     straight steps -> values in registers
    stretch      those that a tape records at one stroke, the first time (once), by a plan, or written in Python
    way          the way back through them, which all of these leave;  once, plan, written   make it
    active       numbers that carry a derivative;  derivation   what they belong to
    forward      dual numbers;  tape   numbers that are recorded
    entries      what a tape holds;  sweep   this and seeds -> adjoints
    rulecode     a rule's expression -> a Python function;  ruletext   its text
    notes        what is said of awkward points;  beside   the derivatives on both sides of a tie
    needed       the steps that some results need;  carrying   those whose derivatives reach them
    record       a run -> all its steps as facts;  watching, recording   make them;  course   where each was made
    deciding     which conditions led to a result

Read `run` first, then `machine` (the loop), `forward` and `tape` (the two ways a derivative travels).
"""
