"""LiteRT loads and runs every kind of file that `goldcrest quantize` writes, near the float model.

The same command gives the same bytes, with one thread and with two.
"""
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType

PROGRAM = sys.argv[1]
FULL = os.environ.get("GOLDCREST_FULL")
SHARED = pathlib.Path(os.environ.get("GOLDCREST_SHARED") or pathlib.Path(__file__).parents[3] / "shared")
V1 = "keras_mobilenet_v1_025_224"
V3 = "keras_mobilenet_v3_small_050_96"
# Kind, further flags, and on how many of the 20 golden pictures the best class must be the float model's.
V1_FILES = (
    ("float16", (), 19),
    ("dynamic", (), 14),
    ("int8", (), 16),
    ("int8", ("--io", "float32"), 16),
    ("int8", ("--io", "uint8"), 16),
    ("int8", ("--io", "int16"), 16),
    ("int8", ("--per-tensor",), 13),
    ("uint8", (), 14),
    ("int16x8", (), 16),
    ("mixed", ("--max-drop", "4"), 17),
)
if FULL:
    V1_FILES += (
        ("int8", ("--ranges", "entropy"), 14),
        ("uint8", ("--io", "int8"), 14),
        ("int16x8", ("--io", "uint8"), 16),
        ("int16x8", ("--io", "float32"), 16),
    )
# HARD_SWISH has no int16 form: it stays float in the midst of integers.
V3_FILES = (
    ("float16", ()),
    ("dynamic", ()),
    ("int8", ()),
    ("uint8", ()),
    ("int16x8", ("--io", "float32")),
)


def quantize(model, written, kind, *flags):
    command = [PROGRAM, "quantize", SHARED / "models" / model, "-o", written, "--to", kind,
               "--calibration", SHARED / "images/calibration.txt", *flags]
    ran = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return written.read_bytes()


def outputs(model, inputs, resolver):
    interpreter = Interpreter(str(model), experimental_op_resolver_type=resolver)
    interpreter.allocate_tensors()
    (before,) = interpreter.get_input_details()
    (after,) = interpreter.get_output_details()
    rows = []
    for x in inputs:
        if before["dtype"] != np.float32:
            scale, zero = before["quantization"]
            limits = np.iinfo(before["dtype"])
            x = np.clip(np.rint(x / np.float32(scale)) + zero, limits.min, limits.max)
        interpreter.set_tensor(before["index"], x[None].astype(before["dtype"]))
        interpreter.invoke()
        rows.append(interpreter.get_tensor(after["index"])[0].astype(np.float32))
    return np.stack(rows)


def check_v1(folder):
    pictures = np.load(SHARED / "golden/inputs_224.npz")["u8"].astype(np.float32)
    inputs = pictures / np.float32(127.5) - np.float32(1)
    best = np.load(SHARED / f"golden/{V1}.keras.npz")["softmax"].argmax(1)
    for kind, flags, least in V1_FILES:
        written = folder / "v1.tflite"
        quantize(f"{V1}.h5", written, kind, *flags)
        for resolver in (OpResolverType.AUTO, OpResolverType.BUILTIN_REF):
            same = int((outputs(written, inputs, resolver).argmax(1) == best).sum())
            assert same >= least, f"{kind} {flags} {resolver.name}: {same} of {len(best)}"


def check_v3(folder):
    golden = np.load(SHARED / f"golden/{V3}.npz")
    data = np.fromfile(SHARED / "images/cifar10/test_batch.bin", np.uint8).reshape(-1, 3073)[:20, 1:]
    pixels = data.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1).repeat(3, 1).repeat(3, 2)
    best = golden["keras"][:20].argmax(1)
    for kind, flags in V3_FILES:
        written = folder / "v3.tflite"
        quantize(f"{V3}.keras", written, kind, *flags)
        same = int((outputs(written, pixels.astype(np.float32), OpResolverType.AUTO).argmax(1) == best).sum())
        assert same >= 14, f"V3 {kind}: {same} of 20"


def check_same_bytes(folder):
    kinds = (("int8", ()), ("uint8", ()), ("int8", ("--effort", "high")), ("mixed", ("--max-drop", "4")))
    for kind, flags in kinds if FULL else kinds[:2]:
        one = quantize(f"{V1}.h5", folder / "one.tflite", kind, "--threads", "1", *flags)
        two = quantize(f"{V1}.h5", folder / "two.tflite", kind, "--threads", "2", *flags)
        again = quantize(f"{V1}.h5", folder / "again.tflite", kind, "--threads", "2", *flags)
        assert one == two == again, f"{kind} {flags}"


with tempfile.TemporaryDirectory() as name:
    if (SHARED / "models").exists():
        check_v1(pathlib.Path(name))
        check_v3(pathlib.Path(name))
        check_same_bytes(pathlib.Path(name))
        print(f"{len(V1_FILES) + len(V3_FILES)} files run; the same command gives the same bytes")
    else:
        print("Skipped\nneeds the shared reference data; set GOLDCREST_SHARED to its folder")
