"""TensorFlow's graphs in all forms that TensorFlow writes, against what TensorFlow computes.

Frozen graphs in slim's words and modules of TensorFlow 2, networks of keras-applications as
SavedModels and frozen, with functions inside of functions and several signatures.
"""
import os
import pathlib
import subprocess
import sys
import tempfile

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
import keras
import numpy as np
import tensorflow as tf
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

PROGRAM = sys.argv[1]
TOLERANCE = 1e-4  # relative to the largest output
RANDOM = np.random.default_rng(8)
TEMPORARY = tempfile.TemporaryDirectory()
FOLDER = pathlib.Path(TEMPORARY.name)
v1 = tf.compat.v1


def noise(*shape):
    return RANDOM.uniform(-1, 1, shape).astype(np.float32)


def positive(*shape):
    return RANDOM.uniform(0.5, 2, shape).astype(np.float32)


def goldcrest(*arguments):
    ran = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr


def expect(name, model, x, expected, *flags):
    """What the model gives as it is read, and converted."""
    converted = FOLDER / "converted.tflite"
    goldcrest("convert", model, "-o", converted, *flags)
    np.save(FOLDER / "x.npy", x)
    for each in (converted, *(() if flags else (model,))):
        goldcrest("run", each, "--input", FOLDER / "x.npy", "--output", FOLDER / "y.npy")
        y = np.load(FOLDER / "y.npy")
        difference = np.abs(y.reshape(expected.shape) - expected).max() / max(np.abs(expected).max(), 1e-6)
        assert y.shape == expected.shape and difference <= TOLERANCE, (name, y.shape, expected.shape, difference)
    print(f"{name}: within {difference:.1e}")


def separable(x, channels, stride, rate):
    """A block of slim's: convolutions without bias, batch normalizations, ReLU6."""
    inside = x.shape[-1]
    x = tf.nn.depthwise_conv2d(x, noise(3, 3, inside, 1), [1, stride, stride, 1], "SAME", dilations=[rate, rate])
    x, _, _ = v1.nn.fused_batch_norm(x, positive(inside), noise(inside), noise(inside), positive(inside),
                                     epsilon=0.001, is_training=False)
    x = tf.nn.relu6(x)
    x = tf.nn.conv2d(x, noise(1, 1, inside, channels), 1, "SAME")
    x = tf.nn.batch_normalization(x, noise(channels), positive(channels), noise(channels), positive(channels), 0.001)
    return tf.nn.relu6(x)


def slim(placeholder):
    x = tf.pad(placeholder, [[0, 0], [0, 1], [0, 1], [0, 0]])
    x = tf.nn.bias_add(tf.nn.conv2d(x, noise(3, 3, 3, 8), 2, "VALID"), noise(8))
    x = separable(x, 16, 1, 1)
    x = x + separable(x, 16, 1, 2)
    x = separable(x, 24, 2, 1)
    x = tf.nn.convolution(x, noise(3, 3, 24, 16), padding="SAME", dilations=[2, 2])
    x = tf.concat([x, tf.nn.leaky_relu(x / 2.0 - 1.0)], 3)
    x = tf.nn.avg_pool2d(x, x.shape[1:3], 1, "VALID")
    x = tf.squeeze(tf.nn.bias_add(tf.nn.conv2d(x, noise(1, 1, 32, 10) / 32, 1, "SAME"), noise(10)), [1, 2])
    return tf.reshape(tf.nn.softmax(tf.reshape(x, [-1, 10])), tf.shape(x), name="probabilities")


def space_and_batch(x):
    """As TensorFlow 1 wrote dilated convolutions."""
    for rate, kernel in ((2, 3), (3, 5)):
        border = rate * (kernel - 1) // 2
        extra = -(x.shape[1] + 2 * border) % rate
        x = tf.space_to_batch(x, [rate, rate], [[border, border + extra]] * 2)
        x = tf.nn.depthwise_conv2d(x, noise(kernel, kernel, 4, 1), [1, 1, 1, 1], "VALID")
        x = tf.batch_to_space(x, [rate, rate], [[0, extra]] * 2)
    x = tf.space_to_batch(x, [2, 2], [[2, 3], [2, 3]])
    x = tf.nn.bias_add(tf.nn.conv2d(x, noise(3, 3, 4, 6), 1, "VALID"), noise(6))
    return tf.identity(tf.batch_to_space(x, [2, 2], [[0, 1], [0, 1]]), name="y")


def decoder(x):
    """What segmentation and detection models add: resizes, parts, reductions, arithmetic of values."""
    low, high = tf.split(tf.nn.relu(tf.nn.conv2d(x, noise(3, 3, 3, 8), 2, "SAME")), 2, axis=3)
    low = v1.image.resize_bilinear(low, [9, 7], align_corners=True)
    high = tf.image.resize(high, [9, 7])
    nearest = v1.image.resize_nearest_neighbor(x, [9, 7])
    first, rest = tf.split(tf.concat([low, high, nearest], 3), [5, 6], 3)
    rows = tf.unstack(first, axis=1)
    first = tf.stack(rows[::-1], axis=1)[:, 1:8:2, :-1]
    rest = tf.slice(rest, [0, 1, 0, 0], [-1, 4, 6, 5])
    x = tf.maximum(first - rest, tf.exp(rest) / (1.0 + tf.abs(first)))
    x = tf.transpose(x, [0, 2, 1, 3])
    x = x - tf.reduce_max(x, [1, 2], keepdims=True)
    x = x / tf.sqrt(1.0 + tf.reduce_sum(tf.square(x), 3, keepdims=True))
    x = tf.nn.depth_to_space(tf.nn.space_to_depth(tf.nn.elu(x), 2), 2)
    return tf.identity(tf.minimum(x, tf.math.squared_difference(x, tf.reduce_min(x, 1, keepdims=True))), name="y")


def frozen(name, build, shape, batch=2):
    """A graph of TensorFlow 1 whose constants are written in."""
    with tf.Graph().as_default() as graph, v1.Session() as session:
        x = v1.placeholder(tf.float32, shape, name="x")
        y = build(x)
        data = noise(batch, *shape[1:])
        path = FOLDER / f"{name}.pb"
        path.write_bytes(graph.as_graph_def().SerializeToString())
        expect(name, path, data, session.run(y, {x: data}))
        # From the middle on.
        relu = next((op for op in graph.get_operations() if op.type == "Relu6"), None)
        if relu is not None:
            middle = noise(1, *relu.outputs[0].shape[1:])
            shapes = ",".join(map(str, middle.shape))
            expect(f"{name}, a part", path, middle, session.run(y, {relu.outputs[0]: middle}), "--input_arrays",
                   relu.name, "--output_arrays", y.name, "--input_shapes", shapes)


def saved_by_tensorflow_1(resources):
    """A SavedModel without functions, whose saver restores variables of either kind."""
    folder = FOLDER / f"saved_1_{resources}"
    with tf.Graph().as_default(), v1.Session() as session:
        def variable(name, value):
            return v1.get_variable(name, initializer=value, use_resource=resources)

        x = v1.placeholder(tf.float32, [None, 14, 14, 3], name="image")
        y = tf.nn.conv2d(x, variable("conv/weights", noise(3, 3, 3, 8)), 2, "SAME")
        y, _, _ = v1.nn.fused_batch_norm(y, variable("bn/gamma", positive(8)), variable("bn/beta", noise(8)),
                                         variable("bn/mean", noise(8)), variable("bn/variance", positive(8)),
                                         epsilon=0.001, is_training=False)
        y = tf.reduce_mean(tf.nn.relu6(y), [1, 2])
        y = tf.nn.softmax(tf.nn.bias_add(tf.matmul(y, variable("dense/weights", noise(8, 5))),
                                         variable("dense/biases", noise(5))))
        session.run(v1.global_variables_initializer())
        v1.saved_model.simple_save(session, str(folder), {"image": x}, {"scores": y})
        data = noise(2, 14, 14, 3)
        kind = "resources" if resources else "references"
        expect(f"saved by TensorFlow 1, variables as {kind}", folder, data, session.run(y, {x: data}))


class Module(tf.Module):
    def __init__(self):
        super().__init__()
        self.filter = tf.Variable(noise(3, 3, 3, 8))
        self.scale, self.variance = tf.Variable(positive(8)), tf.Variable(positive(8))
        self.layers = [tf.Variable(noise(8 * 36, 12)), tf.Variable(noise(12)), tf.Variable(noise(12, 4))]

    @tf.function(input_signature=[tf.TensorSpec([None, 12, 12, 3])])
    def features(self, x):
        x = tf.nn.conv2d(x, self.filter, 2, "SAME")
        return tf.nn.relu(tf.nn.batch_normalization(x, tf.zeros([8]), self.variance, None, self.scale, 1e-3))

    @tf.function(input_signature=[tf.TensorSpec([None, 12, 12, 3])])
    def __call__(self, x):
        x = self.features(x)
        x = tf.reshape(x, [tf.shape(x)[0], -1])
        x = tf.tanh(tf.matmul(x, self.layers[0]) + self.layers[1])
        return {"scores": tf.sigmoid(tf.matmul(x, self.layers[2]))}


def module():
    model = Module()
    x = noise(2, 12, 12, 3)
    folder = FOLDER / "module"
    tf.saved_model.save(model, folder, signatures={"scores": model.__call__, "features": model.features})
    expect("a module", folder, x, model(x)["scores"].numpy(), "--signature_key", "scores")
    expect("its other signature", folder, x, model.features(x).numpy(), "--saved_model_signature_key=features")


def application(name, model):
    x = noise(2, *model.input_shape[1:])
    expected = model(x, training=False).numpy()
    folder = FOLDER / name
    model.export(folder, verbose=False)
    expect(f"{name}, exported", folder, x, expected)
    concrete = tf.function(lambda x: model(x, training=False)).get_concrete_function(
        tf.TensorSpec([None, *model.input_shape[1:]]))
    path = FOLDER / f"{name}.pb"
    path.write_bytes(convert_variables_to_constants_v2(concrete).graph.as_graph_def().SerializeToString())
    expect(f"{name}, frozen", path, x, expected)


def settle(model):
    """Statistics that are not those of the beginning."""
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            gamma, beta, mean, variance = layer.get_weights()
            layer.set_weights([positive(*gamma.shape), noise(*beta.shape) / 2, noise(*mean.shape) / 4,
                               positive(*variance.shape)])
    return model


frozen("slim", slim, [None, 33, 33, 3])
frozen("decoder", decoder, [None, 17, 15, 3])
frozen("space_and_batch", space_and_batch, [2, 15, 15, 4])
saved_by_tensorflow_1(False)
saved_by_tensorflow_1(True)
module()
applications = keras.applications
application("mobilenet_v1", settle(applications.MobileNet((96, 96, 3), 0.25, weights=None, classes=10)))
application("mobilenet_v2", settle(applications.MobileNetV2((96, 96, 3), 0.35, weights=None, classes=10)))
application("mobilenet_v3", settle(applications.MobileNetV3Small((96, 96, 3), 0.75, weights=None, classes=10,
                                                                 dropout_rate=0)))
