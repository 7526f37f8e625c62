"""Operators on integers, one at a time: LiteRT's bytes are ours, under each arithmetic.

Random models of one operator each, random inputs of the whole range of their types. Layers of dynamic range have the
bytes of LiteRT's reference kernels under each.
"""
import collections
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType

PROGRAM, MAKE_MODELS = sys.argv[1:]
SEEDS = 250 if os.environ.get("GOLDCREST_FULL") else 12
ARITHMETICS = {"xnnpack": OpResolverType.AUTO, "reference": OpResolverType.BUILTIN_REF,
               "builtin": OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES}


def whole_range(details, random):
    if details["dtype"] == np.float32:
        x = random.uniform(*random.choice([(-1, 1), (0, 6), (-3, 1)]), details["shape"])
        # Steps' halves are among them.
        return (np.round(x * 64) / 64 if random.integers(2) else x).astype(np.float32)
    limits = np.iinfo(details["dtype"])
    return random.integers(limits.min, limits.max, details["shape"], details["dtype"], endpoint=True)


def litert(model, inputs, resolver):
    interpreter = Interpreter(str(model), experimental_op_resolver_type=resolver, num_threads=1)
    interpreter.allocate_tensors()
    for details, x in zip(interpreter.get_input_details(), inputs, strict=True):
        interpreter.set_tensor(details["index"], x)
    interpreter.invoke()
    return interpreter.get_tensor(interpreter.get_output_details()[0]["index"])


def ours(model, inputs, arithmetic, folder):
    arguments = [PROGRAM, "run", model, "--arithmetic", arithmetic, "--output", folder / "y.npy"]
    for i, x in enumerate(inputs):
        np.save(folder / f"{i}.npy", x)
        arguments += ["--input", folder / f"{i}.npy"]
    ran = subprocess.run(list(map(str, arguments)), capture_output=True, text=True)
    assert ran.returncode == 0, f"{model.name} {arithmetic}: {ran.stderr}"
    return np.load(folder / "y.npy")


def main(folder):
    subprocess.run([MAKE_MODELS, str(folder), "0", str(SEEDS)], check=True)
    operators = collections.Counter()
    wrong = []
    for model in sorted(folder.glob("*.tflite")):
        name, seed = model.stem.rsplit("_", 1)
        random = np.random.default_rng(int(seed))
        inputs = [whole_range(details, random) for details in Interpreter(str(model)).get_input_details()]
        operators[name] += 1
        for arithmetic, resolver in ARITHMETICS.items():
            dynamic = name.startswith("dynamic")
            expected = litert(model, inputs, OpResolverType.BUILTIN_REF if dynamic else resolver)
            got = ours(model, inputs, arithmetic, folder)
            assert got.dtype == expected.dtype and got.shape == expected.shape, f"{model.name} {arithmetic}"
            if not np.array_equal(got, expected):
                first = np.argwhere(got != expected)[0]
                wrong.append(f"{model.name} {arithmetic} {got.dtype}: {np.sum(got != expected)} of {got.size} differ, "
                             f"at {first}: {got[tuple(first)]}, not {expected[tuple(first)]}")
    assert not wrong, "\n".join(wrong)
    print(f"{len(operators)} operators, {sum(operators.values())} models: LiteRT gives the same bytes "
          f"({', '.join(ARITHMETICS)})")


with tempfile.TemporaryDirectory() as name:
    main(pathlib.Path(name))
