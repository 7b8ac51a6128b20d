"""The mistakes that have a name: a readable table (key, what to call it, what was done, where to look).

Law: a row says what went wrong and where to read about it, never what stands there in a right answer. How a mistake
changes the numbers is in `change_rule`, `change_line` and `change_contribution`, under the same key; a test checks that
every row has its change and every change its row. The rows of one rule misapplied are in `mistakes_rule`, those of the
way back in `mistakes_back`; here are those of whole lines and of seeds.

Words in braces: `{name}` the quantity, `{line}`, `{op}` the operation (`sin(a)`, `a * b`), `{other}` another name,
`{number}` a number that was measured, `{both}` what a line's places are told,
`{rule}` what `ad rules` calls the operation's rule, after a space.
"""

from __future__ import annotations

from lang.grade.facts import Mistake
from lang.grade.mistakes_back import BACKWARDS
from lang.grade.mistakes_rule import FORWARD, MISAPPLIED, REVERSE, RULES

LINES = {
    # --- a whole line ---------------------------------------------------------------------------------------------
    "new-value": Mistake(
        "the new value after reassignment",
        "`{other}` is given a new value, and the differential is computed with it; the statement used the old.",
        "where a line overwrites its own operand, the differential comes first",
    ),
    "constant-active": Mistake(
        "a constant treated as if it moved",
        "The constant `{other}` is given a differential. It does not move.",
        FORWARD,
    ),
    "constant-kept": Mistake(
        "a constant is kept",
        "The constant `{other}` is still added. How much does it change?",
        FORWARD,
    ),
    "use-forgotten": Mistake(
        "one of several uses forgotten",
        "`{other}` stands more than once in the statement, and not every place is accounted for.",
        "each place where a name stands is an operand of its own",
    ),
    "name-as-constant": Mistake(
        "a name treated as a constant",
        "`{other}` moves, and the line treats it as a constant.",
        FORWARD,
    ),
    "wrong-differential": Mistake(
        "the differential of another name",
        "The differential of `{other}` is replaced by that of another name.",
        "match each differential with its name",
    ),
    "differentials-missing": Mistake(
        "no differential in it",
        "The factors are there, and the differentials that they are multiplied by are not.",
        "each term has exactly one differential",
    ),
    "differentials-swapped": Mistake(
        "two differentials have changed places",
        "The differential of `{op}` stands where that of `{other}` belongs, and the reverse.",
        "match each differential with its name",
    ),
    "value-for-differential": Mistake(
        "a value in place of its differential",
        "`{other}` itself stands where its differential belongs.",
        "each term has exactly one differential",
    ),
    "wrong-value": Mistake(
        "another name's value",
        "Another value stands where `{other}` belongs.",
        RULES,
    ),
    "statement-copied": Mistake(
        "the statement copied, not differentiated",
        "The line computes the value of `{other}` again, not how it changes.",
        FORWARD,
    ),
    "zero": Mistake(
        "taken to be zero",
        "`{name}` is 0 here, as if nothing that it depends on moved.",
        FORWARD,
    ),
    "added-to-the-old": Mistake(
        "added to what was there",
        "`{name}` gets a new value here; the line adds that to the value it had before.",
        "does the statement assign, or does it add up?",
    ),
    "term-twice": Mistake(
        "a term counted twice",
        "What `{other}` contributes is added twice.",
        FORWARD,
    ),
    "input-fixed": Mistake(
        "an input has a value of its own",
        "`{name}` is an input of the exercise; here it is given a value, so what follows holds for that value only.",
        "inputs are written `{name} = ?`",
    ),
    "given-overwritten": Mistake(
        "what is given gets another value",
        "`{name}` is given from outside; here it gets another value, and the lines below read that.",
        "give what the line computes a name of its own",
    ),
    "not-beside": Mistake(
        "not computed each time",
        "`{name}` is not computed each time that `{other}` is.",
        "a differential stands beside its statement, in a loop too",
    ),
    "other-statement": Mistake(
        "not the exercise's statement",
        "The exercise's program has `{name} = {op}` here.",
        "the program's own lines stay as they are",
    ),
    "sometimes": Mistake(
        "a value in some cases only",
        "Where a condition goes the other way, nothing gives `{name}` a value.",
        "does every branch that the program has give it one?",
    ),
    "one-branch": Mistake(
        "right in one branch only",
        "The line is right where the program computes `{op}`; in another branch it is not.",
        "what belongs to a statement stands in its branch",
    ),
    "other-branch": Mistake(
        "the other branch",
        "In this case the exercise's program does not compute `{op}`: it takes another branch.",
        "compare the conditions",
    ),
    "other-turns": Mistake(
        "another number of turns",
        "The loop makes fewer or more turns than that of the exercise's program.",
        "compare the loop's head with that of the program",
    ),
    # --- seeds ----------------------------------------------------------------------------------------------------
    "both-seeded": Mistake(
        "both inputs are seeded",
        "One input moves at a time here; `{name}` should not, when the derivative by another input is asked.",
        "the seeds choose the direction",
    ),
    "seed-is-value": Mistake(
        "seeded with a value",
        "The seed `{name}` is the value of its own name. A seed says how fast that moves, or how much it counts.",
        "the seeds choose the direction",
    ),
    "seed-missing": Mistake(
        "the seed is missing",
        "`{name}` is needed here, and no line gives it a value: every sweep begins with seeds.",
        "the seeds choose the direction",
    ),
    "seed-fixed": Mistake(
        "the seed is fixed",
        "The exercise leaves the seed open (`{name} = ?`), so that every direction can be asked for.",
        "the seeds choose the direction",
    ),
    "seed-zero": Mistake(
        "the seed is zero",
        "With `{name} = 0` everything after it is zero.",
        "how much does a result change when it itself changes?",
    ),
    "seed-wrong": Mistake(
        "wrong seed",
        "The sweep begins with the wrong number in `{name}`.",
        "how much does a result change when it itself changes?",
    ),
    # --- the other mode -------------------------------------------------------------------------------------------
    "forward-program": Mistake(
        "the forward program where adjoints are asked",
        "Differentials are carried from the inputs to the result; adjoints go from the result back to the inputs.",
        REVERSE,
    ),
    "adjoint-program": Mistake(
        "the adjoint program where differentials are asked",
        "Adjoints go from the result back to the inputs; differentials are carried from the inputs to the result.",
        FORWARD,
    ),
    # --- tables ------------------------------------------------------------------------------------------------------
    "degrees": Mistake(
        "a calculator that is set to degrees",
        "`{name}` is what comes out where the angle is taken in degrees; angles are in radians.",
        "the calculator's mode: RAD, not DEG",
    ),
    "derivative-for-value": Mistake(
        "the derivative in the place of the value",
        "The number given for `{name}` is its derivative.",
        "which column is which?",
    ),
    "of-another": Mistake(
        "another name's number",
        "The number given for `{name}` is that of `{other}`.",
        "which is which?",
    ),
    "rounded": Mistake(
        "rounded too far",
        "`{name}` is about right, and has too few digits.",
        "round at the end, and keep three digits or more",
    ),
    "no-number": Mistake(
        "not a number",
        "For `{name}` a number is asked, and here stands `{op}`.",
        "work it out",
    ),
    "two-mistakes": Mistake(
        "two mistakes at once",
        "{both}.",
        "one at a time: `ad rules{rule}`",
    ),
    "not-finite": Mistake(
        "no number comes out",
        "At no point tried does the line give a finite number: it divides by 0, or grows too large.",
        "what is divided by?",
    ),
    "approximate": Mistake(
        "near, but not exact",
        "The numbers are within a thousandth of the right ones, and are not these, as those of a difference quotient.",
        FORWARD,
    ),
    "factor-wrong": Mistake(
        "a factor is not right",
        "{both}.",
        "one at a time: let the others be 0",
    ),
    "not-linear": Mistake(
        "not a differential in each term",
        "If all differentials or adjoints in it doubled, `{name}` would have to double; here it does not.",
        "each term has exactly one differential",
    ),
    # --- what the numbers themselves say --------------------------------------------------------------------------
    "constant-factor": Mistake(
        "right up to a constant factor",
        "The result is a multiple of what it should be, by the same number at every point tried.",
        "look for a missing or a doubled factor",
    ),
    "fixed-number": Mistake(
        "a number that does not change",
        "The line gives {number} at every point tried. What it computes depends on the inputs.",
        "write it in names, not in numbers",
    ),
}
MISTAKES = {**MISAPPLIED, **LINES, **BACKWARDS}
