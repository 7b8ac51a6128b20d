"""`\\alpha` -> α: Greek letters by the names that TeX gives them.

Law: only letters that a name may have; the language normalises names as Python does, so the letter is written in the
form that normalising leaves alone.
"""

_TEXT = """
alpha α  beta β  gamma γ  delta δ  epsilon ε  varepsilon ε  zeta ζ  eta η  theta θ  iota ι  kappa κ  lambda λ  mu μ
nu ν
xi ξ  omicron ο  pi π  rho ρ  sigma σ  tau τ  upsilon υ  phi φ  varphi φ  chi χ  psi ψ  omega ω
Gamma Γ  Delta Δ  Theta Θ  Lambda Λ  Xi Ξ  Pi Π  Sigma Σ  Upsilon Υ  Phi Φ  Psi Ψ  Omega Ω
"""
_WORDS = _TEXT.split()

LETTERS: dict[str, str] = dict(zip(_WORDS[::2], _WORDS[1::2], strict=True))
