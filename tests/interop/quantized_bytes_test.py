"""LiteRT answers the files that `goldcrest quantize` writes with the very bytes that we compute, in all three arithmetics.

Whole networks on photographs; operators alone have quantized_operators_test.py.
"""
import os
import pathlib
import sys
import tempfile

import numpy as np
from accuracy import CIFAR_RECORD, SHARED, V1, V2, V3, Goldcrest
from ai_edge_litert.interpreter import Interpreter, OpResolverType

FULL = os.environ.get("GOLDCREST_FULL")
PICTURES = 20 if FULL else 4
SLOW_PICTURES = 4  # in LiteRT's reference kernels, which take seconds for a V2
ARITHMETICS = {"xnnpack": OpResolverType.AUTO, "reference": OpResolverType.BUILTIN_REF,
               "builtin": OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES}
FILES = [(V1, "int8"), (V1, "int8", "--io", "float32"), (V1, "uint8"), (V1, "int16x8"), (V3, "int8"), (V3, "uint8")]
if FULL:
    FILES += [(V1, "int8", "--io", "uint8"), (V1, "int8", "--io", "int16"), (V1, "int8", "--per-tensor"),
              (V1, "int8", "--effort", "high"), (V1, "uint8", "--io", "int8"), (V1, "uint8", "--io", "float32"),
              (V1, "int16x8", "--io", "uint8"), (V1, "int16x8", "--io", "int8"), (V1, "int16x8", "--io", "float32"),
              (V3, "int8", "--io", "float32"), (V3, "int8", "--io", "uint8"), (V3, "int8", "--per-tensor"),
              (V3, "uint8", "--io", "int8"), (V2, "int8"), (V2, "int8", "--io", "float32"), (V2, "uint8"), (V2, "int16x8")]


def pictures(network):
    """As the float model takes them."""
    if network is not V3:
        return np.load(SHARED / "golden/inputs_224.npz")["u8"].astype(np.float32) / np.float32(127.5) - np.float32(1)
    data = np.fromfile(SHARED / "images/cifar10/test_batch.bin", np.uint8).reshape(-1, CIFAR_RECORD)[:20, 1:]
    return data.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1).repeat(3, 1).repeat(3, 2).astype(np.float32)


def as_input(details, x):
    if details["dtype"] == np.float32:
        return x[None]
    scale, zero = details["quantization"]
    limits = np.iinfo(details["dtype"])
    return np.clip(np.rint(x / np.float32(scale)) + zero, limits.min, limits.max)[None].astype(details["dtype"])


def count_differences(goldcrest, model, network, arithmetic, resolver):
    """(values that differ, values)"""
    interpreter = Interpreter(str(model), experimental_op_resolver_type=resolver, num_threads=1)
    interpreter.allocate_tensors()
    (before,), (after,) = interpreter.get_input_details(), interpreter.get_output_details()
    different = values = 0
    for x in pictures(network)[:SLOW_PICTURES if network is V2 and arithmetic == "reference" else PICTURES]:
        x = as_input(before, x)
        interpreter.set_tensor(before["index"], x)
        interpreter.invoke()
        np.save(goldcrest.folder / "x.npy", x)
        goldcrest.run("run", model, "--arithmetic", arithmetic, "--input", goldcrest.folder / "x.npy",
                      "--output", goldcrest.folder / "y.npy")
        expected, got = interpreter.get_tensor(after["index"]), np.load(goldcrest.folder / "y.npy")
        assert expected.dtype == got.dtype and expected.shape == got.shape, model
        different += int(np.sum(expected.view(np.uint8) != got.view(np.uint8)))
        values += expected.size
    return different, values


def main(program):
    if not (SHARED / "models").exists():
        print("Skipped\nneeds the shared reference data; set GOLDCREST_SHARED to its folder")
        return
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        goldcrest = Goldcrest(program, pathlib.Path(folder))
        for network, *flags in FILES:
            model = goldcrest.quantize(network, *flags)
            for arithmetic, resolver in ARITHMETICS.items():
                different, values = count_differences(goldcrest, model, network, arithmetic, resolver)
                if different:
                    wrong.append(f"{network.stem} {' '.join(flags)} {arithmetic}: {different} bytes of {values} values differ")
                    print(wrong[-1], flush=True)
    assert not wrong, "\n".join(wrong)
    print(f"{len(FILES)} files: LiteRT gives the same bytes ({', '.join(ARITHMETICS)})")


main(sys.argv[1])
