"""Trains the network of `xor.ad` by gradient descent: backpropagation is `value_and_grad`.

    python examples/train_xor.py

Source of the problem: Rumelhart, Hinton and Williams, "Learning internal representations by error
propagation", in "Parallel Distributed Processing", volume 1 (1986), chapter 8; of the network: Goodfellow,
Bengio and Courville, "Deep Learning" (2016), section 6.1. The starting weights are written out, so every run
is the same run.
"""

from __future__ import annotations

from pathlib import Path

import lang

START = {
    "w11": 0.9, "w12": 0.7, "w21": 0.8, "w22": 1.1, "c1": 0.1, "c2": -0.5,
    "w1": 0.6, "w2": -0.9, "b": 0.2,
}  # fmt: skip
RATE, STEPS = 0.1, 2000


def main() -> None:
    program = lang.load(Path(__file__).with_name("xor.ad"))
    weights = dict(START)
    print(f"loss before {program.run(at=weights)['loss']:.6f}")     # => loss before 0.216025
    for _ in range(STEPS):
        _, gradient = program.value_and_grad("loss", at=weights)
        weights = {name: weight - RATE * gradient[name] for name, weight in weights.items()}
    loss = program.run(at=weights)["loss"]
    print(f"loss after {loss:.6f}")                                 # => loss after 0.000000
    print(loss < 1e-6)                                              # => True


if __name__ == "__main__":
    main()
