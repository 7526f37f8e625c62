"""Keras' models in all forms that Keras and tf_keras save, against what these compute.

Networks of keras-applications, models inside of models, shared layers, small CNNs with every layer
that is read, and lists of weights that are split over several attributes.
"""
import os
import pathlib
import subprocess
import sys
import tempfile

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
import keras as keras3
import numpy as np
import tf_keras as keras2
from ai_edge_litert.interpreter import Interpreter

PROGRAM = sys.argv[1]
TOLERANCE = 1e-4  # of Keras, relative to the largest output
AGREEMENT = 1e-5  # of LiteRT


def goldcrest(*arguments):
    ran = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def transfer(keras):
    """What every tutorial of transfer learning writes."""
    layers = keras.layers
    base = keras.applications.MobileNet(input_shape=(96, 96, 3), alpha=0.25, include_top=False, weights=None)
    base.trainable = False
    x = inputs = keras.Input((96, 96, 3))
    x = keras.Sequential([layers.RandomFlip("horizontal"), layers.RandomRotation(0.1)])(x)
    x = keras.applications.mobilenet.preprocess_input(x)
    x = base(x, training=False)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(0.2)(x)
    return keras.Model(inputs, layers.Dense(5, activation="softmax")(x))


def sequential_over_base(keras):
    base = keras.applications.MobileNetV2(input_shape=(96, 96, 3), alpha=0.35, include_top=False,
                                          weights=None, pooling="avg")
    return keras.Sequential([base, keras.layers.Dense(8, activation="relu"), keras.layers.Dense(3)])


def shared(keras):
    layers = keras.layers
    left, right = keras.Input((8, 8, 3)), keras.Input((8, 8, 3))
    conv = layers.Conv2D(4, 3, padding="same", activation="relu", name="shared")
    inner_input = keras.Input((8, 8, 4))
    inner = keras.Model(inner_input, [layers.Conv2D(4, 1, name="shared")(inner_input),
                                      layers.DepthwiseConv2D(3, padding="same")(inner_input)])
    a, b = inner(conv(left))
    c, d = inner(conv(right))
    total = layers.Add()([a, c, d])
    x = layers.Subtract()([layers.Multiply()([total, b]), c])
    x = layers.Concatenate()([x, a])
    return keras.Model([left, right], [layers.GlobalMaxPooling2D()(x), layers.Flatten()(total)])


def small_cnn(keras):
    layers = keras.layers
    x = inputs = keras.Input((32, 24, 3))
    x = layers.Normalization(mean=[100.0, 110, 120], variance=[2000.0, 2500, 3000])(x)
    x = layers.Conv2D(8, 3, activation="relu6")(x)
    x = layers.MaxPooling2D(2)(x)
    x = layers.SeparableConv2D(12, 3, padding="same", activation="swish")(x)
    x = layers.BatchNormalization()(x)
    x = layers.LeakyReLU()(x)
    x = layers.AveragePooling2D(3, strides=2, padding="same")(x)
    x = layers.SpatialDropout2D(0.1)(x)
    x = layers.Conv2D(12, 3, groups=12, activation="tanh")(x)
    x = layers.GaussianNoise(0.1)(x)
    x = layers.Activation("hard_sigmoid")(x)
    x = layers.Flatten()(x)
    return keras.Model(inputs, layers.Dense(1, activation="sigmoid")(x))


def long_names(keras):
    """Names so long that Keras splits the list of weights over several attributes."""
    layers = keras.layers
    inner = keras.Sequential([keras.Input((4,))] + [layers.Dense(4, name=f"dense_{i}_" + "x" * 900) for i in range(50)])
    inputs = keras.Input((4,))
    return keras.Model(inputs, layers.Dense(2)(inner(inputs)))


def named_inputs(keras):
    """Inputs and outputs by name; a user sees them in the order of the names."""
    layers = keras.layers
    wide, narrow = keras.Input((6,), name="wide"), keras.Input((4,), name="narrow")
    x = layers.Concatenate()([layers.Dense(5)(wide), narrow])
    return keras.Model({"wide": wide, "narrow": narrow}, layers.Dense(3)(x))


def application(name, shape=(96, 96, 3), **options):
    def build(keras):
        # Logits: a softmax of random logits says little.
        return getattr(keras.applications, name)(input_shape=shape, weights=None, classifier_activation=None, **options)
    build.__name__ = name + "".join(f"_{key}_{value}" for key, value in options.items())
    return build


MODELS = [transfer, sequential_over_base, shared, small_cnn, long_names, named_inputs,
          application("MobileNet", alpha=0.5, classes=10), application("MobileNetV2", alpha=0.5),
          application("MobileNetV3Small"), application("MobileNetV3Large", alpha=0.75, classes=7),
          application("MobileNetV3Small", minimalistic=True), application("ResNet50", (64, 64, 3), classes=5)]

WEIGHTS_ONLY = [
    ("mobilenet_v1", "MobileNet", {"alpha": 0.25}), ("mobilenet_v1", "MobileNet", {"alpha": 0.75, "include_top": False}),
    ("mobilenet_v2", "MobileNetV2", {"alpha": 1.3, "classes": 11}),
    ("mobilenet_v2", "MobileNetV2", {"alpha": 0.35, "include_top": False}),
    ("mobilenet_v3_small", "MobileNetV3Small", {"alpha": 0.75}),
    ("mobilenet_v3_large", "MobileNetV3Large", {"alpha": 1.25, "classes": 3}),
    ("mobilenet_v3_large", "MobileNetV3Large", {"include_top": False}),
    ("mobilenet_v3_small_minimalistic", "MobileNetV3Small", {"minimalistic": True}),
]


def randomize(model, seed):
    """Statistics and biases that are not what they begin with."""
    random = np.random.default_rng(seed)
    for weight in model.weights:
        name, shape = getattr(weight, "path", weight.name), tuple(weight.shape)
        if "variance" in name:
            weight.assign(random.uniform(0.5, 2, shape))
        elif len(shape) == 1:
            weight.assign(random.normal(1 if "gamma" in name else 0, 0.2, shape))


def inputs_of(model, seed, scale=100):
    random = np.random.default_rng(seed)
    return [random.uniform(-1, 1, (2, *tensor.shape[1:])).astype("float32") * scale for tensor in model.inputs]


def outputs_of(model, inputs):
    arguments = inputs if len(inputs) > 1 else inputs[0]
    if isinstance(getattr(model, "_inputs_struct", None), dict):
        arguments = dict(zip(sorted(model._inputs_struct), inputs, strict=True))
    outputs = model(arguments, training=False)
    return [np.array(output) for output in (outputs if isinstance(outputs, (list, tuple)) else [outputs])]


def ours(model, inputs, count, folder):
    flags = []
    for i, x in enumerate(inputs):
        np.save(folder / f"x{i}.npy", x)
        flags += ["--input", folder / f"x{i}.npy"]
    for i in range(count):
        flags += ["--output", folder / f"y{i}.npy"]
    goldcrest("run", model, *flags)
    return [np.load(folder / f"y{i}.npy") for i in range(count)]


def litert(model, inputs, count):
    interpreter = Interpreter(str(model))
    details = interpreter.get_input_details()
    for detail, x in zip(details, inputs):
        interpreter.resize_tensor_input(detail["index"], x.shape)
    interpreter.allocate_tensors()
    for detail, x in zip(details, inputs):
        interpreter.set_tensor(detail["index"], x)
    interpreter.invoke()
    return [interpreter.get_tensor(detail["index"]) for detail in interpreter.get_output_details()[:count]]


def expect_close(found, expected, tolerance, what):
    for a, b in zip(found, expected, strict=True):
        difference = np.abs(a - b).max() / max(1.0, np.abs(b).max())
        assert difference <= tolerance, f"{what}: differs by {difference}"


def check_models(keras, folder):
    for seed, build in enumerate(MODELS):
        keras.utils.set_random_seed(seed)
        model = build(keras)
        randomize(model, seed)
        inputs = inputs_of(model, seed)
        expected = outputs_of(model, inputs)
        for extension in ("h5", "keras"):
            path = folder / f"model.{extension}"
            model.save(path)
            what = f"{keras.__name__} {build.__name__} .{extension}"
            expect_close(ours(path, inputs, len(expected), folder), expected, TOLERANCE, what)
            goldcrest("convert", path, "-o", folder / "model.tflite")
            converted = ours(folder / "model.tflite", inputs, len(expected), folder)
            expect_close(converted, expected, TOLERANCE, what + " converted")
            expect_close(litert(folder / "model.tflite", inputs, len(expected)), converted, AGREEMENT, what + " in LiteRT")
            print("ok", what, flush=True)


def check_weights_only(keras, folder):
    for seed, (architecture, name, options) in enumerate(WEIGHTS_ONLY):
        keras.utils.set_random_seed(seed)
        model = getattr(keras.applications, name)(input_shape=(64, 64, 3), weights=None, **options)
        randomize(model, seed)
        inputs = inputs_of(model, seed, 100 if "V3" in name else 1)
        expected = outputs_of(model, inputs)
        flags = ["--architecture", architecture, "--size", 64, "--alpha", options.get("alpha", 1.0),
                 "--classes", options.get("classes", 1000)] + ([] if options.get("include_top", True) else ["--no-top"])
        files = ["ordered.weights.h5"] + (["legacy.h5"] if keras is keras2 else [])
        for file in files:
            model.save_weights(folder / file)
            goldcrest("convert", folder / file, *flags, "-o", folder / "model.tflite")
            what = f"{keras.__name__} {name} {options} {file}"
            expect_close(ours(folder / "model.tflite", inputs, 1, folder), expected, TOLERANCE, what)
            print("ok", what, flush=True)


for keras in (keras2, keras3):
    with tempfile.TemporaryDirectory() as folder:
        check_models(keras, pathlib.Path(folder))
        check_weights_only(keras, pathlib.Path(folder))
