"""Graphs that were trained for integers: FakeQuant operators, against what TensorFlow computes and
what its converter, as of TensorFlow 1, makes of them.
"""
import os
import pathlib
import subprocess
import sys
import tempfile

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
import numpy as np
import tensorflow as tf

PROGRAM = sys.argv[1]
TOLERANCE = 1e-4  # relative to the largest output
RANDOM = np.random.default_rng(9)
TEMPORARY = tempfile.TemporaryDirectory()
FOLDER = pathlib.Path(TEMPORARY.name)
v1 = tf.compat.v1


def noise(*shape):
    return RANDOM.uniform(-1, 1, shape).astype(np.float32)


def goldcrest(*arguments):
    ran = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr


class Builder:
    """Layers as TensorFlow 1's rewriter leaves them: weights and results behind FakeQuant operators."""

    def __init__(self):
        self.ranged = []  # (tensor in front, least step) of each on activations

    def act(self, x, low, high, narrow=False):
        self.ranged.append((x, (high - low) / 255))
        return tf.quantization.fake_quant_with_min_max_vars(x, low, high, narrow_range=narrow)

    def args(self, x, low, high):
        self.ranged.append((x, (high - low) / 255))
        return tf.quantization.fake_quant_with_min_max_args(x, low, high)

    def weights(self, per_channel, symmetric, *shape):
        w = noise(*shape)
        if per_channel:
            most = np.abs(w).max(axis=tuple(range(w.ndim - 1))) * np.float32(0.97)
            return tf.quantization.fake_quant_with_min_max_vars_per_channel(w, -most, most, narrow_range=True)
        low, high = (-0.95, 0.95) if symmetric else (-0.9, 1.1)
        return tf.quantization.fake_quant_with_min_max_vars(w, low, high, narrow_range=True)


def network(b, x, per_channel, symmetric):
    channels = per_channel
    x = b.act(x, -1.0, 0.9921875)
    x = tf.nn.conv2d(x, b.weights(channels, symmetric, 3, 3, 3, 8), 2, "SAME")
    x = b.act(tf.nn.relu6(tf.nn.bias_add(x, noise(8))), 0.0, 5.7)
    # TensorFlow's ranges of a depthwise filter are along the multiplier, so there is one.
    y = tf.nn.depthwise_conv2d(x, b.weights(False, symmetric, 3, 3, 8, 1), [1, 1, 1, 1], "SAME")
    y = b.act(tf.nn.relu6(tf.nn.bias_add(y, noise(8))), 0.0, 6.0)
    y = tf.nn.conv2d(y, b.weights(channels, symmetric, 1, 1, 8, 8), 1, "SAME")
    y = b.act(tf.nn.bias_add(y, noise(8)), -4.1, 5.3)
    x = b.args(x + y, -4.0, 9.0)
    x = tf.nn.max_pool2d(x, 2, 2, "VALID")
    x = tf.pad(x, [[0, 0], [1, 0], [0, 1], [0, 0]])
    x = tf.nn.conv2d(x, b.weights(channels, symmetric, 2, 2, 8, 6), 1, "VALID")
    x = b.act(tf.nn.relu(tf.nn.bias_add(x, noise(6))), 0.0, 7.3)
    x = tf.nn.avg_pool2d(x, x.shape[1:3], 1, "VALID")
    x = tf.reshape(x, [-1, 6])
    # Several ranges of a matrix TensorFlow's converter cannot turn.
    x = tf.matmul(x, b.weights(False, symmetric, 6, 5)) + noise(5)
    return tf.nn.softmax(b.act(x, -6.0, 6.1), name="y")


def concatenation(b, x, per_channel, symmetric):
    x = b.act(x, -1.0, 0.9921875)
    parts = []
    for low, high in ((-3.0, 2.0), (-2.5, 4.0)):
        part = tf.nn.conv2d(x, b.weights(per_channel, symmetric, 1, 1, 3, 4), 1, "SAME")
        parts.append(b.act(tf.nn.bias_add(part, noise(4)), low, high))
    x = b.act(tf.concat(parts, 3), -2.9, 3.9)
    x = tf.nn.conv2d(x, b.weights(per_channel, symmetric, 1, 1, 8, 4), 1, "SAME")
    return tf.identity(b.act(tf.nn.bias_add(x, noise(4)), -5.0, 5.0), name="y")


def clear_input(session, x, ranged, shape):
    """An input none of whose values lies so near to the middle of two steps that rounding of floats decides."""
    for _ in range(2000):
        data = np.round(noise(*shape) * 127).astype(np.float32) / 128
        near = 0
        for (_, step), value in zip(ranged, session.run([tensor for tensor, _ in ranged], {x: data})):
            parts = np.abs(value / step % 1 - 0.5)  # zero is one of the steps
            near += np.count_nonzero(parts < 1e-4)
        if near == 0:
            return data
    raise AssertionError("no input is clear")


def interpreter(path):
    model = tf.lite.Interpreter(str(path), experimental_op_resolver_type=tf.lite.experimental.OpResolverType.BUILTIN_REF)
    model.allocate_tensors()
    return model


def outputs(path, data):
    model = interpreter(path)
    model.set_tensor(model.get_input_details()[0]["index"], data)
    model.invoke()
    return model.get_tensor(model.get_output_details()[0]["index"])


def layers(path):
    """Of each layer its integers, sorted by their bytes: scales, zero points, weights, bias."""
    model = interpreter(path)
    details = {t["index"]: t for t in model.get_tensor_details()}
    found = []
    for op in model._get_ops_details():
        if op["op_name"] not in ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"):
            continue
        row = [op["op_name"]]
        for index in [*op["inputs"], *op["outputs"]]:
            q = details[index]["quantization_parameters"]
            row += [q["scales"].tolist(), q["zero_points"].tolist()]
        row += [model.get_tensor(index).tolist() for index in op["inputs"][1:]]
        found.append(row)
    return found


def distance(path, integers, expected):
    """Of the outputs from the float model's, in steps."""
    scale, zero = interpreter(path).get_output_details()[0]["quantization"]
    return np.abs(outputs(path, integers).astype(np.float32) - zero - np.round(expected / scale)).max()


def by_tensorflow(graph, data_type, path):
    frozen = FOLDER / "frozen.pb"
    frozen.write_bytes(graph.as_graph_def().SerializeToString())
    converter = v1.lite.TFLiteConverter.from_frozen_graph(str(frozen), ["x"], ["y"])
    converter.inference_type = data_type
    converter.inference_input_type = data_type
    converter.quantized_input_stats = {"x": (128 if data_type == tf.uint8 else 0, 128)}
    path.write_bytes(converter.convert())


def check(name, build, shape, per_channel, symmetric):
    with tf.Graph().as_default() as graph, v1.Session() as session:
        x = v1.placeholder(tf.float32, shape, name="x")
        b = Builder()
        y = build(b, x, per_channel, symmetric)
        model = FOLDER / "model.pb"
        model.write_bytes(graph.as_graph_def().SerializeToString())
        data = clear_input(session, x, b.ranged, shape)
        expected = session.run(y, {x: data})
        # Float: as it is read, and converted, here and by LiteRT.
        converted = FOLDER / "converted.tflite"
        goldcrest("convert", model, "-o", converted)
        np.save(FOLDER / "x.npy", data)
        results = [outputs(converted, data)]
        for each in (model, converted):
            goldcrest("run", each, "--input", FOLDER / "x.npy", "--output", FOLDER / "y.npy")
            results.append(np.load(FOLDER / "y.npy"))
        for result in results:
            difference = np.abs(result - expected).max() / np.abs(expected).max()
            assert difference <= TOLERANCE, (name, difference)
        print(f"{name}: float within {difference:.1e}")
        kinds = [(tf.int8, "INT8", 0)] if symmetric else []
        kinds += [] if per_channel else [(tf.uint8, "QUANTIZED_UINT8", 128)]
        for data_type, kind, mean in kinds:
            theirs = FOLDER / "theirs.tflite"
            by_tensorflow(graph, data_type, theirs)
            ours = FOLDER / "ours.tflite"
            goldcrest("convert", model, "-o", ours, "--inference_type", kind, "--mean_values", mean,
                      "--std_dev_values", 128)
            integers = (np.round(data * 128) + mean).astype(data_type.as_numpy_dtype)
            if build is concatenation and data_type == tf.int8:
                # TensorFlow gives the parts of a concatenation of int8 the range of the whole; we keep their own.
                steps = [distance(path, integers, expected) for path in (ours, theirs)]
                assert steps[0] <= 1, (name, kind, steps)
                print(f"{name}: {kind} within {steps[0]:.0f} step of what was trained, TensorFlow's within {steps[1]:.0f}")
                continue
            for mine, other in zip(layers(ours), layers(theirs), strict=True):
                assert mine == other, (name, kind, mine, other)
            assert np.array_equal(outputs(ours, integers), outputs(theirs, integers)), (name, kind)
            print(f"{name}: {kind} as TensorFlow's, to the bit")


for per_channel in (False, True):
    for symmetric in (False, True):
        if per_channel and not symmetric:
            continue
        kind = "channels" if per_channel else "symmetric" if symmetric else "asymmetric"
        check(f"network, {kind}", network, [1, 12, 12, 3], per_channel, symmetric)
        check(f"concatenation, {kind}", concatenation, [1, 4, 4, 3], per_channel, symmetric)
