"""ONNX models in the words of PyTorch, Keras and ONNX Runtime's quantizer, against what ONNX Runtime computes of them.

Small ones, made node by node: all spellings of padding, flattening and broadcasting, in the operator sets that differ.
"""
import logging
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

PROGRAM = sys.argv[1]
TOLERANCE = 1e-4  # relative to the largest output
logging.getLogger().setLevel(logging.ERROR)  # the quantizer would have the model prepared first
RANDOM = np.random.default_rng(8)
TEMPORARY = tempfile.TemporaryDirectory()
FOLDER = pathlib.Path(TEMPORARY.name)


def noise(*shape):
    return RANDOM.uniform(-1, 1, shape).astype(np.float32)


class Maker:
    """A model, a node at a time."""

    def __init__(self, *shape, opset=17, kind=TensorProto.FLOAT):
        self.opset, self.shape, self.kind = opset, shape, kind
        self.nodes, self.constants = [], []

    def constant(self, array):
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def add(self, op, *inputs, **attributes):
        return self.parts(op, inputs[0], 1, *inputs[1:], **attributes)[0]

    def parts(self, op, x, count, *inputs, **attributes):
        """Of several outputs."""
        inputs = [i if isinstance(i, str) else self.constant(i) for i in (x, *inputs)]
        outputs = [f"t{len(self.nodes)}_{i}" for i in range(count)]
        self.nodes.append(helper.make_node(op, inputs, outputs, **attributes))
        return outputs

    def axes(self, op, x, axes, since=13, **attributes):
        """Axes are an input since an opset, and were an attribute before."""
        if self.opset >= since:
            return self.add(op, x, np.array(axes, np.int64), **attributes)
        return self.add(op, x, axes=axes, **attributes)

    def model(self, output, kind=TensorProto.FLOAT):
        graph = helper.make_graph(
            self.nodes, "made", [helper.make_tensor_value_info("x", self.kind, self.shape)],
            [helper.make_tensor_value_info(output, kind, None)], self.constants)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.opset)], ir_version=8)


def goldcrest(*arguments):
    ran = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr


def turned(x):
    return np.ascontiguousarray(x.transpose(0, 2, 3, 1)) if x.ndim == 4 else x


def ours(path, x):
    np.save(FOLDER / "x.npy", x)
    goldcrest("run", path, "--input", FOLDER / "x.npy", "--output", FOLDER / "y.npy")
    return np.load(FOLDER / "y.npy")


def theirs(path, x):
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: x})[0]


def far(y, expected):
    return np.abs(y.astype(float) - expected.astype(float)).max() / max(np.abs(expected.astype(float)).max(), 1e-6)


def expect(name, model, channels_last=False, tolerance=TOLERANCE, path=FOLDER / "made.onnx"):
    """What the model gives as it is read, and converted. Pictures go in and come out NHWC."""
    if model is not None:
        onnx.save(model, path)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    shape = [d if isinstance(d, int) else 2 for d in session.get_inputs()[0].shape]
    whole = session.get_inputs()[0].type != "tensor(float)"
    x = RANDOM.integers(0, 255, shape).astype(np.uint8) if whole else noise(*shape)
    expected = theirs(path, x)
    fed = x if channels_last else turned(x)
    read = ours(path, fed)
    goldcrest("convert", path, "-o", FOLDER / "made.tflite", "--normalize", "torch")
    converted = ours(FOLDER / "made.tflite", fed)
    wanted = expected if channels_last else turned(expected)
    for y in (read, converted):
        assert y.size == wanted.size and far(y.reshape(wanted.shape), wanted) <= tolerance, (
            name, y.shape, wanted.shape, far(y.reshape(wanted.shape), wanted))
    print(f"{name}: within {far(read.reshape(wanted.shape), wanted):.1e}")


def normalized(make, x, channels):
    return make.add("BatchNormalization", x, noise(channels) + 1.5, noise(channels), noise(channels),
                    noise(channels) + 1.5, epsilon=1e-3)


def kept(make, x, low, high):
    if make.opset < 11:
        return make.add("Clip", x, min=float(low), max=float(high))
    return make.add("Clip", x, np.float32(low), np.float32(high))


def inverted_residual(make, x, inside, channels, stride):
    """A block of MobileNet V2, batch normalizations as they were trained."""
    y = make.add("Conv", x, noise(channels * 2, inside, 1, 1))
    y = kept(make, normalized(make, y, channels * 2), 0, 6)
    y = make.add("Conv", y, noise(channels * 2, 1, 3, 3), noise(channels * 2), pads=[1, 1, 1, 1],
                 strides=[stride, stride], group=channels * 2)
    y = kept(make, normalized(make, y, channels * 2), 0, 6)
    y = normalized(make, make.add("Conv", y, noise(channels, channels * 2, 1, 1)), channels)
    return make.add("Add", x, y) if stride == 1 and inside == channels else y


def hard_swish(make, x):
    if make.opset >= 14:
        return make.add("HardSwish", x)
    return make.add("Mul", x, make.add("HardSigmoid", x, alpha=1 / 6, beta=0.5))


def squeezed(make, x, channels):
    """A squeeze and excitation of MobileNet V3."""
    y = make.axes("ReduceMean", x, [2, 3], since=18, keepdims=1)
    y = make.add("Relu", make.add("Conv", y, noise(4, channels, 1, 1), noise(4)))
    y = make.add("Conv", y, noise(channels, 4, 1, 1), noise(channels))
    return make.add("Mul", make.add("HardSigmoid", y, alpha=1 / 6, beta=0.5), x)


def network(opset):
    make = Maker("batch", 3, 12, 10, opset=opset)
    x = make.add("Conv", "x", noise(8, 3, 3, 3), noise(8), pads=[1, 1, 1, 1], strides=[2, 2])
    x = inverted_residual(make, hard_swish(make, x), 8, 8, 1)
    x = squeezed(make, inverted_residual(make, x, 8, 12, 2), 12)
    x = make.add("Flatten", make.add("GlobalAveragePool", hard_swish(make, x)))
    x = make.add("Dropout", make.add("Gemm", x, noise(12, 6), noise(6), alpha=0.5, beta=2.0))
    return make.model(make.add("Softmax", x, axis=1))


def check_networks():
    for opset in (7, 9, 11, 13, 15, 18, 20):
        expect(f"network of opset {opset}", network(opset))


def check_flattening():
    for kind in ("gemm", "gemm turned", "matmul", "shapes", "rows"):
        make = Maker("batch", 3, 5, 4)
        x = make.add("Relu", make.add("Conv", "x", noise(4, 3, 3, 3), pads=[1, 1, 1, 1]))
        if kind == "shapes":  # as exporters of old spell it
            batch = make.add("Gather", make.add("Shape", x), np.int64(0))
            rest = make.add("Unsqueeze", make.constant(np.int64(-1)), np.array([0], np.int64))
            to = make.add("Concat", make.add("Unsqueeze", batch, np.array([0], np.int64)), rest, axis=0)
            x = make.add("Gemm", make.add("Reshape", x, to), noise(80, 5))
        elif kind == "rows":  # as attention and detectors read pictures
            x = make.add("Transpose", make.add("Reshape", x, np.array([0, 4, -1], np.int64)), perm=[0, 2, 1])
            x = make.add("Add", make.add("MatMul", x, noise(4, 3)), noise(3))
        elif kind == "matmul":
            x = make.add("Reshape", x, np.array([-1, 80], np.int64))
            x = make.add("Add", make.add("MatMul", x, noise(80, 5)), noise(5))
        else:
            weights = noise(5, 80) if "turned" in kind else noise(80, 5)
            x = make.add("Gemm", make.add("Flatten", x), weights, noise(1, 5), transB=int("turned" in kind))
        expect(f"flattened, {kind}", make.model(x))


def check_channels():
    make = Maker(1, 3, 6, 4)
    x = make.add("Conv", "x", noise(4, 3, 1, 1))
    y = make.add("Concat", x, make.add("LeakyRelu", x, alpha=0.3), make.add("PRelu", x, np.float32([0.2])), axis=1)
    y = make.add("Mul", y, make.add("Sigmoid", y))
    y = make.add("Tanh", make.add("Softmax", y, axis=1))
    y = make.add("Pad", y, np.array([0, 1, 2, 0, 0, 0, 1, 3], np.int64))
    expect("channels", make.model(y))
    for op, operand in (("Add", noise(4, 1, 1)), ("Mul", noise(1, 4, 1, 1)), ("Sub", noise(1, 1, 4)),
                        ("Div", noise(4, 6, 4) + 2), ("Add", np.float32(3)), ("Mul", noise(1, 4, 6, 4))):
        make = Maker(1, 3, 6, 4)
        x = make.add("Conv", "x", noise(4, 3, 1, 1))
        y = make.add(op, x, operand)
        if op != "Div":
            y = make.add("Add", y, make.add(op, operand, x))
        expect(f"{op} of {operand.shape}", make.model(y))
    for axes, keep in (([1], 0), ([2, 3], 0), ([-1], 1), ([0, 2], 0)):
        make = Maker(1, 3, 6, 4)
        x = make.axes("ReduceMean", make.add("Conv", "x", noise(4, 3, 1, 1)), axes, since=18, keepdims=keep)
        if not keep and axes == [0, 2]:  # [C, W], which lies as [W, C]
            x = make.add("Transpose", x, perm=[1, 0])
        expect(f"mean over {axes}", make.model(x))


def check_windows():
    for attributes in ({"pads": [1, 2, 0, 1]}, {"auto_pad": "SAME_UPPER"}, {"auto_pad": "SAME_LOWER"},
                       {"auto_pad": "VALID"}, {"dilations": [2, 1], "pads": [2, 1, 2, 1]}):
        for strides in ([1, 1], [2, 3]):
            make = Maker(1, 3, 9, 8)
            expect(f"convolution, {attributes} by {strides}",
                   make.model(make.add("Conv", "x", noise(3, 3, 3, 3), strides=strides, **attributes)))
    for op, attributes in (
            ("MaxPool", {"kernel_shape": [3, 2]}), ("MaxPool", {"kernel_shape": [2, 2], "strides": [2, 2]}),
            ("MaxPool", {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1]}),
            ("MaxPool", {"kernel_shape": [2, 2], "strides": [2, 2], "ceil_mode": 1}),
            ("MaxPool", {"kernel_shape": [3, 3], "strides": [2, 2], "auto_pad": "SAME_UPPER"}),
            ("AveragePool", {"kernel_shape": [3, 3]}), ("AveragePool", {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1]}),
            ("AveragePool", {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1], "count_include_pad": 1}),
            ("AveragePool", {"kernel_shape": [2, 2], "strides": [2, 2], "auto_pad": "SAME_UPPER"}),
            ("GlobalAveragePool", {}), ("GlobalMaxPool", {})):
        make = Maker(1, 3, 9, 7)
        x = make.add("Relu", make.add("Conv", "x", noise(3, 3, 1, 1)))
        expect(f"{op}, {attributes}", make.model(make.add(op, x, **attributes)))


def check_movement():
    """Operators of segmentation and detection models."""
    for name, add in {
            "slice": lambda m, x: m.add("Slice", x, np.array([1, -1]), np.array([4, -9]), np.array([2, 3]), np.array([2, -1])),
            "split": lambda m, x: m.add("Concat", *reversed(m.parts("Split", x, 2, np.array([1, 3]), axis=1)), axis=1),
            "nearest": lambda m, x: m.add("Resize", x, "", np.float32([1, 1, 2, 2]), mode="nearest",
                                          coordinate_transformation_mode="asymmetric", nearest_mode="floor"),
            "nearest by half pixels": lambda m, x: m.add("Resize", x, "", np.float32([1, 1, 3, 2])),
            "linear": lambda m, x: m.add("Resize", x, "", "", np.array([1, 4, 9, 13]), mode="linear"),
            "linear, corners": lambda m, x: m.add("Resize", x, "", "", np.array([1, 4, 9, 13]), mode="linear",
                                                  coordinate_transformation_mode="align_corners"),
            "deeper": lambda m, x: m.add("SpaceToDepth", x, blocksize=2),
            "wider": lambda m, x: m.add("DepthToSpace", x, blocksize=2),
            "transposed": lambda m, x: m.add("ConvTranspose", x, noise(4, 5, 3, 3), noise(5), strides=[2, 2]),
            "transposed, 4 x 4": lambda m, x: m.add("ConvTranspose", x, noise(4, 5, 4, 4), strides=[2, 2], pads=[1, 1, 1, 1]),
            "transposed, 3 x 3": lambda m, x: m.add("ConvTranspose", x, noise(4, 5, 3, 3), strides=[2, 2], pads=[1, 1, 1, 1],
                                                    output_padding=[1, 1]),
            "slopes": lambda m, x: m.add("PRelu", x, noise(4, 1, 1)),
            "largest": lambda m, x: m.add("Max", x, m.add("Min", m.add("Neg", x), noise(4, 1, 1))),
            "of values": lambda m, x: m.add("Sub", m.add("Div", x, m.add("Exp", x)), m.add("Abs", x)),
            "reduced": lambda m, x: m.add("ReduceMax", m.add("ReduceSum", x, np.array([1]), keepdims=1), axes=[3], keepdims=0),
            "moved": lambda m, x: m.add("Reshape", x, np.array([2, 96]))}.items():
        make = Maker(1, 3, 6, 8)
        expect(name, make.model(add(make, make.add("Conv", "x", noise(4, 3, 1, 1)))))


def check_keras_style():
    """As tf2onnx writes Keras' models: NHWC at the ends, NCHW between."""
    make = Maker("batch", 8, 7, 3)
    x = make.add("Transpose", "x", perm=[0, 3, 1, 2])
    x = make.add("Conv", x, noise(4, 3, 3, 3), noise(4), auto_pad="SAME_UPPER", strides=[2, 2])
    x = make.add("Min", make.add("Relu", x), np.float32(6))
    x = make.add("Transpose", make.add("Mul", x, noise(1, 4, 1, 1)), perm=[0, 2, 3, 1])
    x = make.add("Add", x, noise(4))
    expect("NHWC at the ends", make.model(x), channels_last=True)
    x = make.add("MatMul", make.axes("ReduceMean", x, [1, 2], since=18, keepdims=0), noise(4, 5))
    expect("NHWC at the entry", make.model(x), channels_last=True)


def check_weights():
    make = Maker(1, 3, 6, 4)
    halves = make.add("Cast", noise(4, 3, 3, 3).astype(np.float16), to=TensorProto.FLOAT)
    expect("weights of float16", make.model(make.add("Conv", "x", halves)))
    folder = FOLDER / "beside"
    folder.mkdir()
    onnx.save(network(17), folder / "made.onnx", save_as_external_data=True, location="weights.bin", size_threshold=0)
    expect("weights in a file beside", None, path=folder / "made.onnx")


class Calibration(CalibrationDataReader):
    def __init__(self):
        self.inputs = iter([{"x": noise(1, 3, 12, 10)} for _ in range(8)])

    def get_next(self):
        return next(self.inputs, None)


def check_quantized():
    """Each step of two engines may round otherwise: a few of the result's steps."""
    make = Maker(1, 3, 12, 10)
    x = make.add("Conv", "x", noise(8, 3, 3, 3), noise(8), pads=[1, 1, 1, 1], strides=[2, 2])
    y = make.add("Conv", kept(make, x, 0, 6), noise(8, 1, 3, 3), noise(8), pads=[1, 1, 1, 1], group=8)
    x = make.add("Add", make.add("Relu", y), x)
    x = make.add("Mul", x, make.add("Sigmoid", make.add("GlobalAveragePool", x)))
    x = make.add("Concat", x, make.add("MaxPool", x, kernel_shape=[1, 1]), axis=1)
    x = make.add("Gemm", make.add("Flatten", x), noise(6, 480) / 10, noise(6), transB=1)
    onnx.save(make.model(x), FOLDER / "float.onnx")
    for activation, weight, by_channel in ((QuantType.QInt8, QuantType.QInt8, True),
                                           (QuantType.QUInt8, QuantType.QInt8, True),
                                           (QuantType.QUInt8, QuantType.QUInt8, False)):
        path = FOLDER / "quantized.onnx"
        quantize_static(FOLDER / "float.onnx", path, Calibration(), quant_format=QuantFormat.QDQ,
                        activation_type=activation, weight_type=weight, per_channel=by_channel)
        expect(f"quantized, {activation}, {weight}", None, path=path, tolerance=0.03)
    # Integers at the ends.
    make = Maker(1, 3, 6, 4, kind=TensorProto.UINT8)
    x = make.add("DequantizeLinear", "x", np.float32(1 / 64), np.uint8(120))
    weights = make.add("DequantizeLinear", RANDOM.integers(-127, 127, (4, 3, 3, 3)).astype(np.int8),
                       (noise(4) + 1.5) / 100, np.zeros(4, np.int8), axis=0)
    x = make.add("Conv", x, weights, pads=[1, 1, 1, 1])
    x = make.add("QuantizeLinear", x, np.float32(0.1), np.uint8(128))
    expect("uint8 in and out", make.model(x, TensorProto.UINT8), tolerance=1 / 128)


check_networks()
check_flattening()
check_channels()
check_windows()
check_movement()
check_keras_style()
check_weights()
check_quantized()
