"""The .onnx files that are written, in ONNX's own checker, ONNX Runtime and OpenVINO, against what the program computes.

Integers that are joined to integer operators round a little otherwise in OpenVINO; there the best class of pictures is what
must be the same. TensorRT runs on no machine of ours: its files are run by the two others.
"""
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime
import openvino
from PIL import Image

PROGRAM = sys.argv[1]
SHARED = pathlib.Path(os.environ.get("GOLDCREST_SHARED") or pathlib.Path(__file__).parents[3] / "shared")
TEMPORARY = tempfile.TemporaryDirectory()
FOLDER = pathlib.Path(TEMPORARY.name)
TOLERANCE = 1e-4  # relative to the largest output
PICTURES = 100
V1, V2, V3 = "keras_mobilenet_v1_025_224", "keras_mobilenet_v2_100_224", "keras_mobilenet_v3_small_050_96"
FLOATS = (f"{V1}.h5", f"{V1}.keras", f"{V1}.float.tf.tflite", f"{V1}.float16.tf.tflite", f"{V1}.frozen_graph.pb",
          f"{V1}.frozen_primitive_bn.pb", f"{V1}.savedmodel", f"{V2}.h5", f"{V3}.keras", "kws_ref_model.savedmodel",
          "pretrainedResnet.h5", "str_ww_ref_model.h5", "vww_96.h5")
# On how many of the pictures the best class must be the same, in ONNX Runtime and in OpenVINO. V3, which is right on half of
# CIFAR-10, has integers so noisy that steps of LiteRT's hard-swish, or those that OpenVINO leaves out, change what is best.
INTEGERS = {f"{V1}.int8.tf.tflite": (100, 100), f"{V1}.uint8io.tf.tflite": (100, 100), f"{V1}.int16x8.tf.tflite": (100, 99),
            f"{V2}.int8.tf.tflite": (100, 98), f"{V3}.int8.tf.tflite": (97, 90), "mobilenet_v1_0.25_128_quant.tflite": (100, 100),
            "mobilenet_v2_1.0_224_quant.tflite": (100, 100), "mobilenet_v2_1.0_224_inat_bird_quant.tflite": (100, 99)}
# The same of symmetric integers for TensorRT.
SYMMETRIC = {V1: (".h5", "tf", (100, 100)), V2: (".h5", "tf", (98, 99))}
RANDOM = np.random.default_rng(8)


def goldcrest(*arguments):
    ran = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True)
    assert ran.returncode == 0, f"{arguments}: {ran.stderr}"


def written(model, target, *flags):
    path = FOLDER / "model.onnx"
    goldcrest("convert", model, "-o", path, "--target", target, *flags)
    onnx.checker.check_model(str(path), full_check=True)
    return path


def ours(model, x):
    np.save(FOLDER / "x.npy", x)
    goldcrest("run", model, "--input", FOLDER / "x.npy", "--output", FOLDER / "y.npy")
    return np.load(FOLDER / "y.npy")


class Engines:
    """What both make of a file."""

    def __init__(self, path):
        self.session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        core = openvino.Core()
        self.compiled = core.compile_model(core.read_model(path), "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
        self.input = self.session.get_inputs()[0]

    def onnxruntime(self, x):
        return self.session.run(None, {self.input.name: x})[0]

    def openvino(self, x):
        return self.compiled([x])[self.compiled.output(0)]


def nchw(x):
    return np.ascontiguousarray(x.transpose(0, 3, 1, 2)) if x.ndim == 4 else x


def far(y, expected):
    assert y.shape == expected.shape, (y.shape, expected.shape)
    return np.abs(y.astype(float) - expected.astype(float)).max() / max(np.abs(expected.astype(float)).max(), 1e-9)


def check_floats(name):
    model = SHARED / "models" / name
    for layout in ("NCHW", "NHWC"):
        engines = Engines(written(model, "onnxruntime", "--input-layout", layout))
        shape = [d if isinstance(d, int) else 2 for d in engines.input.shape]
        x = RANDOM.uniform(-1, 1, shape).astype(np.float32)
        expected = ours(model, x.transpose(0, 2, 3, 1) if layout == "NCHW" and x.ndim == 4 else x)
        distances = far(engines.onnxruntime(x), expected), far(engines.openvino(x), expected)
        assert max(distances) <= TOLERANCE, (name, layout, distances)
    print(f"{name}: ONNX Runtime within {distances[0]:.1e}, OpenVINO {distances[1]:.1e}")


def photographs(size):
    for path in sorted((SHARED / "images/imagenet").iterdir())[::5][:PICTURES]:
        with Image.open(path) as picture:
            yield np.asarray(picture.convert("RGB").resize((size, size), Image.BILINEAR), np.float32) / 127.5 - 1


def cifar10(size):
    records = np.fromfile(SHARED / "images/cifar10/test_batch.bin", np.uint8).reshape(-1, 3073)[:PICTURES, 1:]
    for pixels in records.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1):
        yield np.asarray(Image.fromarray(pixels).resize((size, size), Image.NEAREST), np.float32)


def as_input(picture, details, q):
    if details == "tensor(float)":
        return picture[None].astype(np.float32)
    dtype = np.dtype(details[7:-1])
    limits = np.iinfo(dtype)
    return np.clip(np.round(picture / q[0]) + q[1], limits.min, limits.max).astype(dtype)[None]


def input_quantization(path):
    """Scale and zero point of the file's input, out of the operator that reads it."""
    graph = onnx.load(path).graph
    constants = {each.name: onnx.numpy_helper.to_array(each) for each in graph.initializer}
    reader = next(node for node in graph.node if graph.input[0].name in node.input)
    return [float(constants[name]) for name in reader.input[1:3]] if reader.op_type == "DequantizeLinear" else None


def best_is(y, expected):
    """Whether a best class of the one is a best class of the other: bytes are often equal."""
    y, expected = y.ravel(), expected.ravel()
    return expected[np.argmax(y)] == expected.max() or y[np.argmax(expected)] == y.max()


def check_integers(name, model, targets, least):
    """Each engine with the file for it."""
    for engine, target, at_least in zip(("onnxruntime", "openvino"), targets, least):
        path = written(model, target)
        engines, q = Engines(path), input_quantization(path)
        size = engines.input.shape[2]
        pictures = [as_input(x, engines.input.type, q) for x in (cifar10 if V3 in name else photographs)(size)]
        expected = [ours(model, x) for x in pictures]
        answers = [getattr(engines, engine)(nchw(x)) for x in pictures]
        same = sum(map(best_is, answers, expected))
        equal = sum(map(np.array_equal, answers, expected))
        print(f"{name} for {target}, in {engine}: the same best class on {same} of {len(pictures)} pictures, "
              f"equal outputs on {equal}")
        assert same >= at_least, f"at least {at_least} are wanted"


def check_symmetric(name, extension, normalize, least):
    model = FOLDER / "symmetric.tflite"
    goldcrest("quantize", SHARED / "models" / (name + extension), "-o", model, "--to", "int8", "--symmetric", "--io", "float32",
              "--normalize", normalize, "--calibration", SHARED / "images/calibration.txt")
    check_integers(f"{name}, symmetric", model, ("tensorrt", "tensorrt"), least)


def main():
    if not (SHARED / "models").is_dir():
        print("Skipped: no shared models")
        return
    for name in FLOATS:
        check_floats(name)
    for name, least in INTEGERS.items():
        check_integers(name, SHARED / "models" / name, ("onnxruntime", "openvino"), least)
    for name, (extension, normalize, least) in SYMMETRIC.items():
        check_symmetric(name, extension, normalize, least)


main()
