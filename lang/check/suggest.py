"""A name nobody knows -> the one that was probably meant, or what to write instead.

Law: rather nothing than a wild guess. First the same letters in another case, then what other languages and
schools call it, then names that few slips of the finger away (a letter missing, added, wrong, or two
swapped).
"""

from __future__ import annotations

from collections.abc import Iterable

# fmt: off
ELSEWHERE = {
    "π": "pi", "τ": "tau", "M_PI": "pi", "euler": "e",
    "sine": "sin", "cosine": "cos", "tangent": "tan", "sen": "sin", "tg": "tan", "ctg": "cot", "cotg": "cot",
    "cotan": "cot", "cosec": "csc", "secant": "sec",
    "arctg": "atan", "atg": "atan", "arcctg": "acot", "arctan_2": "atan2", "atan_2": "atan2",
    "sh": "sinh", "ch": "cosh", "th": "tanh", "tgh": "tanh", "cth": "coth", "arsh": "asinh", "arch": "acosh",
    "arth": "atanh", "arsinh": "asinh", "arcosh": "acosh", "artanh": "atanh",
    "logn": "log", "loge": "log", "logarithm": "log", "log_10": "log10", "ld": "log2", "lb": "log2",
    "log_2": "log2", "exponential": "exp", "pow10": "exp10", "pow2": "exp2",
    "sqr": "square", "sq": "square", "root": "sqrt", "squareroot": "sqrt", "sqroot": "sqrt",
    "cuberoot": "cbrt", "curt": "cbrt", "invsqrt": "rsqrt", "recip": "inv", "inverse": "inv",
    "absolute": "abs", "magnitude": "abs", "sgn": "sign", "signum": "sign",
    "fmax": "max", "fmin": "min", "saturate": "clamp", "remainder": "rem", "modulo": "mod",
    "int": "trunc", "fix": "trunc", "truncate": "trunc", "rint": "round",
    "ifelse": "where", "iif": "where", "select": "where", "norm": "hypot",
    "tgamma": "gamma", "gammaln": "lgamma", "loggamma": "lgamma", "psi": "digamma", "betaln": "lbeta",
    "gradient": "grad", "derivative": "grad", "jacobi": "jacobian",
}
# fmt: on

ADVICE = {
    "power": "a power is written `a ** b`",
    "pow": "a power is written `a ** b`",
    **dict.fromkeys(
        ("print", "disp", "display", "echo", "printf", "println", "puts", "fprintf", "show"),
        "a value alone on a line is shown: write `{x}`",
    ),
    "pop": "it stands directly behind `=`: `x = pop()`",
    "input": "data enters through `?`: write `x = ?`",
    "range": "`range` stands only in `for i in range(n):`",
    "diff": "the derivative of a function `f` is `f'(x)`; that of a name `z` is `grad z`",
    "lerp": "write `a + (b - a) * t`",
    "float": "every number is a double already: leave it out",
    "sum": "add in a loop: `total += x`",
    **dict.fromkeys(
        ("rand", "randn", "random", "randint", "uniform", "normal"),
        "a run can be repeated, so there are no random numbers: let one come in, as in `x = ?`",
    ),
    "len": "values are single numbers: they have no length",
    "True": "a condition comes from a comparison: write `1 == 1`",
    "False": "a condition comes from a comparison: write `1 == 0`",
    "None": "every value is a number or a condition",
    "inf": "values are finite numbers; a very large one is `1e308`",
    "nan": "values are finite numbers",
    "math": "the functions stand without a prefix: `sin(x)`",
    "true": "a condition comes from a comparison: write `1 == 1`",
    "false": "a condition comes from a comparison: write `1 == 0`",
    "infinity": "values are finite numbers; a very large one is `1e308`",
    "Inf": "values are finite numbers; a very large one is `1e308`",
    "Infinity": "values are finite numbers; a very large one is `1e308`",
    "NaN": "values are finite numbers",
    "end": "a block ends where its indent ends: leave the line out",
    "done": "a block ends where its indent ends: leave the line out",
    "prod": "multiply in a loop: `total *= x`",
    "integrate": "there are no integrals; a sum of many small parts comes close: `s += f(x) * h` in a loop",
    "integral": "there are no integrals; a sum of many small parts comes close: `s += f(x) * h` in a loop",
    "solve": "there are no equations; look for a root in a loop, as in `x -= f(x) / f'(x)`",
    "factorial": "the factorial of `n` is `gamma(n + 1)`",
    **dict.fromkeys(
        ("D", "derive", "deriv", "differentiate"),
        "the derivative of a function `f` is `f'(x)`; that of a name `z` is `grad z`",
    ),
    **{
        word: f"`:{word}` at the prompt, with its colon"
        for word in ("undo", "redo", "reset", "load", "save", "watch", "tour")
    },
    "plot": "`graph z` draws the computation; `ad explain FILE z -o page.html` writes a page",
    **dict.fromkeys(("clear", "cls"), "`:reset` at the prompt forgets everything, Ctrl-L clears the screen"),
    **dict.fromkeys(("vars", "who", "whos", "dir", "ls"), "`:names` at the prompt lists every name with its value"),
    "ad": "`ad` is for the shell",
    "help": "`:help` at the prompt, `ad help` in a shell",
    "exit": "`:quit` or Ctrl-D leaves the prompt",
    "quit": "`:quit` or Ctrl-D leaves the prompt",
    **dict.fromkeys(("using", "include", "require"), "delete this line; all functions are at hand"),
    "np": "the functions stand without a prefix: `sin(x)`",
}


LONGEST = 40
"""Letters of a name that are looked at for two names run together."""
LOOKALIKE = str.maketrans(
    "асеорхуіјѕԁһкАВЕКМНОРСТХУαονρυΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "aceopxyijsdhkABEKMHOPCTXYaovpuABEZHIKMNOPTYX",
)
"""Letters of other alphabets that cannot be told from Latin ones by eye."""


def advice(word: str, known: Iterable[str], what: str = "x") -> str:
    """The hint for a name nobody knows; empty where there is none.

    Args:
        word: the unknown name.
        known: names it could have been, the likelier first.
        what: what stands behind it, as in `print(what)`.
    """
    if word in ADVICE:
        return ADVICE[word].replace("{x}", what)
    known = tuple(known)
    plain = skeleton(word) if len(word) < LONGEST else ""
    alike = (name for name in known if name != word and len(name) == len(word) and skeleton(name) == plain)
    twin = next(alike, "") if plain else ""
    if twin:
        return f"`{twin}` looks the same, but {strange(twin if not twin.isascii() else word)}"
    if "·" in word.strip("·"):
        return f"to multiply, write `{word.strip('·').replace('·', ' * ')}`"
    if word[:1] == "d" and word[1:] in known:
        by = "" if word == "dx" else f", or `grad {word[1:]} wrt x`"
        return f"derivatives of `{word[1:]}` are asked by a command: `grad {word[1:]}`{by}"
    found = nearest(word, known)
    return f"did you mean `{found}`?" if found else ""


def run_together(word: str, known: Iterable[str]) -> str:
    """The hint for `xy` where `x` and `y` have values; empty where it is no two of them."""
    values = set(known)
    pairs = ((word[:at], word[at:]) for at in range(1, min(len(word), LONGEST)))
    found = next((pair for pair in pairs if set(pair) <= values and pair[0] != pair[1]), None)
    return f"to multiply, write `{found[0]} * {found[1]}`" if found else ""


def skeleton(word: str) -> str:
    """A name with Greek and Cyrillic letters that look like Latin ones written with these."""
    return word if word.isascii() else word.translate(LOOKALIKE)


def strange(word: str) -> str:
    """`has the letter U+0445 (cyrillic small letter ha): write all of it on one keyboard`."""
    from unicodedata import name

    odd = next(letter for letter in word if ord(letter) in LOOKALIKE)
    return f"has the letter U+{ord(odd):04X} ({name(odd).lower()}): write `{skeleton(word)}` everywhere"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known name that was probably meant; None where there is none."""
    names = dict.fromkeys(known)
    for name in names:
        if name.casefold() == word.casefold() and name != word:
            return name
    for other in (word, word.lower()):
        if ELSEWHERE.get(other) in names:
            return ELSEWHERE[other]
    best: str | None = None
    closest = (len(word) // 3 if len(word) > 2 else 0, True, True)
    for name in names:
        if abs(len(name) - len(word)) <= closest[0] and len(set(word) - set(name)) <= closest[0] and name != word:
            rank = (slips(word, name), not word.startswith(name), name[0] != word[0])
            if rank < closest or (best is None and rank == closest):
                best, closest = name, rank
                if rank == (1, False, False):
                    break  # nothing is nearer, and a program may have very many names
    return best


def slips(word: str, other: str) -> int:
    """How many letters are missing, added, wrong or swapped with their neighbour (string alignment)."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, letter in enumerate(word, 1):
        row = [i]
        for j, wanted in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and word[i - 2] == wanted:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]
