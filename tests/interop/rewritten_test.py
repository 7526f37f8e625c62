"""What we read of others' .tflite files and write again computes the same: LiteRT gives the same bytes.

Of a file that LiteRT refuses, the rewritten one must give what the goldens say of it.
"""
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType

PROGRAM = sys.argv[1]
SHARED = pathlib.Path(os.environ.get("GOLDCREST_SHARED") or pathlib.Path(__file__).parents[3] / "shared")
REFUSED = {"person_detect.tflite"}


def outputs(model, x, resolver):
    interpreter = Interpreter(str(model), experimental_op_resolver_type=resolver)
    (details,) = interpreter.get_input_details()
    interpreter.resize_tensor_input(details["index"], x.shape)
    interpreter.allocate_tensors()
    interpreter.set_tensor(details["index"], x)
    interpreter.invoke()
    return [interpreter.get_tensor(output["index"]) for output in interpreter.get_output_details()]


def noise(model):
    (details,) = Interpreter(str(model)).get_input_details()
    shape = [2 if size == -1 else size for size in details["shape_signature"]]
    random = np.random.default_rng(1)
    if details["dtype"] == np.float32:
        return random.uniform(-1, 1, shape).astype(np.float32)
    limits = np.iinfo(details["dtype"])
    return random.integers(limits.min, limits.max, shape, details["dtype"], endpoint=True)


def rewrite(model, folder):
    written = folder / model.name
    ran = subprocess.run([PROGRAM, str(model), str(written)], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return written


def check_golden(written):
    golden = np.load(SHARED / f"golden/{written.stem}.npz")
    x = (golden["u8"].astype(np.int16) - 128).astype(np.int8)
    x = x.reshape(-1, *Interpreter(str(written)).get_input_details()[0]["shape"])
    for key, resolver in (("ref", OpResolverType.BUILTIN_REF), ("xnnpack", OpResolverType.AUTO)):
        expected = golden[key if key in golden else "ref"]
        for i, sample in enumerate(x):
            (got,) = outputs(written, sample, resolver)
            assert np.array_equal(got.ravel(), expected[i].ravel()), f"{written.name} {key} {i}"


def main(folder):
    models = sorted((SHARED / "models").glob("*.tflite"))
    assert models
    for model in models:
        written = rewrite(model, folder)
        if model.name in REFUSED:
            check_golden(written)
            continue
        x = noise(model)
        for resolver in (OpResolverType.AUTO, OpResolverType.BUILTIN, OpResolverType.BUILTIN_REF):
            for a, b in zip(outputs(model, x, resolver), outputs(written, x, resolver), strict=True):
                assert a.dtype == b.dtype and np.array_equal(a, b), f"{model.name} {resolver.name}"
    print(f"{len(models)} files: the rewritten ones give the same bytes")


with tempfile.TemporaryDirectory() as name:
    if (SHARED / "models").exists():
        main(pathlib.Path(name))
    else:
        print("Skipped\nneeds the shared reference data; set GOLDCREST_SHARED to its folder")
