"""Operators, one at a time: LiteRT's bytes are ours, under each arithmetic.

Random models of one operator each, random inputs of the whole range of their types. Layers of dynamic range have the
bytes of LiteRT's reference kernels under each. Operators on float32 ("real") give LiteRT's numbers within rounding.
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
# Operators with one kernel for all machines are not asked at levels between the first and the best.
ONE_KERNEL = {"resize_bilinear", "resize_nearest", "transpose", "strided_slice", "space_to_depth", "depth_to_space",
              "space_to_batch", "batch_to_space", "maximum", "minimum", "prelu", "reduce", "arg_max", "l2_normalize",
              "concatenation", "math", "div", "cast", "detections"}
BETWEEN = os.environ.get("GOLDCREST_ISA") in {"avx2", "avx512", "avxvnni"}
ARITHMETICS = {"xnnpack": OpResolverType.AUTO, "reference": OpResolverType.BUILTIN_REF,
               "builtin": OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES}


def whole_range(details, random):
    if details["dtype"] == np.float32:
        x = random.uniform(*random.choice([(-1, 1), (0, 6), (-3, 1)]), details["shape"])
        # Steps' halves are among them.
        return (np.round(x * 64) / 64 if random.integers(2) else x).astype(np.float32)
    limits = np.iinfo(details["dtype"])
    return random.integers(limits.min, limits.max, details["shape"], details["dtype"], endpoint=True)


def same(got, expected, name):
    """Integers alike; reals within rounding, of detections only those that there are."""
    if got.dtype != np.float32 or not name.startswith("real"):
        return np.array_equal(got, expected)
    # What overflows may end at the largest number.
    got, expected = np.nan_to_num(got, nan=np.pi), np.nan_to_num(expected, nan=np.pi)
    return np.allclose(got, expected, rtol=1e-5, atol=1e-5 * max(1, np.median(np.abs(expected))))


def litert(model, inputs, resolver):
    interpreter = Interpreter(str(model), experimental_op_resolver_type=resolver, num_threads=1)
    interpreter.allocate_tensors()
    for details, x in zip(interpreter.get_input_details(), inputs, strict=True):
        interpreter.set_tensor(details["index"], x)
    interpreter.invoke()
    return [interpreter.get_tensor(details["index"]) for details in interpreter.get_output_details()]


def ours(model, inputs, arithmetic, folder, count):
    outputs = [folder / f"y{i}.npy" for i in range(count)]
    arguments = [PROGRAM, "run", model, "--arithmetic", arithmetic]
    for output in outputs:
        arguments += ["--output", output]
    for i, x in enumerate(inputs):
        np.save(folder / f"{i}.npy", x)
        arguments += ["--input", folder / f"{i}.npy"]
    ran = subprocess.run(list(map(str, arguments)), capture_output=True, text=True)
    assert ran.returncode == 0, f"{model.name} {arithmetic}: {ran.stderr}"
    return [np.load(output) for output in outputs]


def main(folder):
    subprocess.run([MAKE_MODELS, str(folder), "0", str(SEEDS)], check=True)
    operators = collections.Counter()
    wrong = []
    for model in sorted(folder.glob("*.tflite")):
        name, seed = model.stem.rsplit("_", 1)
        if BETWEEN and name.removeprefix("real_") in ONE_KERNEL:
            continue
        random = np.random.default_rng(int(seed))
        inputs = [whole_range(details, random) for details in Interpreter(str(model)).get_input_details()]
        if name == "real_math":
            inputs = [x + np.float32(1 / 256) for x in inputs]  # XNNPACK makes NaN of 1 / sqrt(0)
        operators[name] += 1
        for arithmetic, resolver in ARITHMETICS.items():
            dynamic = name.startswith("dynamic")
            if dynamic:
                resolver = OpResolverType.BUILTIN_REF
            elif name.startswith("real") and resolver == OpResolverType.BUILTIN_REF:  # which lacks ROUND
                resolver = OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
            all_expected = litert(model, inputs, resolver)
            all_got = ours(model, inputs, arithmetic, folder, len(all_expected))
            # What lies behind the last detection is left as it was.
            found = int(all_expected[3][0]) if name == "real_detections" else None
            for got, expected in zip(all_got, all_expected, strict=True):
                assert got.dtype == expected.dtype and got.shape == expected.shape, f"{model.name} {arithmetic}"
                if found is not None and got.ndim > 1:
                    got, expected = got[:, :found], expected[:, :found]
                if not same(got, expected, name):
                    first = np.argwhere(~np.isclose(got, expected, 1e-5, 1e-5, equal_nan=True))[0]
                    wrong.append(f"{model.name} {arithmetic} {got.dtype}: {np.sum(got != expected)} of {got.size} "
                                 f"differ, at {first}: {got[tuple(first)]}, not {expected[tuple(first)]}")
    assert not wrong, "\n".join(wrong)
    print(f"{len(operators)} operators, {sum(operators.values())} models: LiteRT gives the same bytes "
          f"({', '.join(ARITHMETICS)})")


with tempfile.TemporaryDirectory() as name:
    main(pathlib.Path(name))
