"""What we write for training, loaded by Keras 3 and tf_keras: it predicts what the source does.

The models of the shared data from .h5, .keras and .tflite, and models that Keras builds here: shared
layers, several inputs and outputs, branches, every layer that is written.
"""
import os
import pathlib
import subprocess
import sys
import tempfile
import zipfile

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
import h5py
import keras as keras3
import numpy as np
import tf_keras as keras2
from ai_edge_litert.interpreter import Interpreter

PROGRAM = sys.argv[1]
MODELS = pathlib.Path(os.environ.get("GOLDCREST_SHARED") or pathlib.Path(__file__).parents[3] / "shared") / "models"
TOLERANCE = 1e-5  # relative to the largest output, or to 1
# Input range and who can load the original: Keras 3 refuses the `groups` of DepthwiseConv2D in files of Keras 2.
FILES = [("keras_mobilenet_v1_025_224.h5", 1, keras3), ("keras_mobilenet_v1_025_224.keras", 1, keras3),
         ("keras_mobilenet_v2_100_224.h5", 1, keras2), ("keras_mobilenet_v3_small_050_96.keras", 255, keras3),
         ("pretrainedResnet.h5", 255, keras2), ("vww_96.h5", 1, keras2), ("str_ww_ref_model.h5", 1, keras2),
         ("keras_mobilenet_v1_025_224.float.tf.tflite", 1, None), ("vww_96_float.tflite", 1, None)]

ARCHITECTURES = ["mobilenet_v1", "mobilenet_v2", "mobilenet_v3_small", "mobilenet_v3_large",
                 "mobilenet_v3_small_minimalistic", "mobilenet_v3_large_minimalistic"]


def convert(target, *arguments):
    ran = subprocess.run([PROGRAM, "convert", "-o", target, *arguments], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr


def outputs_of(model, inputs):
    outputs = model.predict(inputs if len(inputs) > 1 else inputs[0], verbose=0)
    return [np.array(output) for output in (outputs if isinstance(outputs, (list, tuple)) else [outputs])]


def litert(path, x):
    interpreter = Interpreter(str(path))
    interpreter.resize_tensor_input(interpreter.get_input_details()[0]["index"], x.shape)
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], x)
    interpreter.invoke()
    return [interpreter.get_tensor(interpreter.get_output_details()[0]["index"])]


def expect_close(found, expected, what):
    assert len(found) == len(expected), what
    for a, b in zip(found, expected, strict=True):
        assert a.shape == b.shape, f"{what}: {a.shape} for {b.shape}"
        difference = np.abs(a - b).max() / max(1.0, np.abs(b).max())
        assert difference <= TOLERANCE, f"{what}: differs by {difference}"
    print("ok", what, flush=True)


def noise(shapes, scale, seed):
    random = np.random.default_rng(seed)
    return [random.uniform(0 if scale > 1 else -1, 1, (3, *shape[1:])).astype("float32") * scale for shape in shapes]


def check(source, inputs, expected, folder, what):
    """Both formats, in all versions of Keras that read them; `source` are arguments."""
    for extension, readers in (("keras", [keras3]), ("h5", [keras3, keras2])):
        written = folder / f"written.{extension}"
        convert(written, *source)
        for keras in readers:
            model = keras.models.load_model(written, compile=False)
            expect_close(outputs_of(model, inputs), expected, f"{what} → .{extension} in {keras.__name__}")
        # What Keras makes of it, we read again.
        again = folder / f"again.{extension}"
        model.save(again)
        convert(folder / "again.tflite", again)


def check_files(folder):
    for seed, (name, scale, keras) in enumerate(FILES):
        path = MODELS / name
        if keras is None:
            shape = Interpreter(str(path)).get_input_details()[0]["shape"]
            inputs = noise([shape], scale, seed)
            expected = litert(path, inputs[0])
        else:
            model = keras.models.load_model(path, compile=False)
            inputs = noise([tensor.shape for tensor in model.inputs], scale, seed)
            expected = outputs_of(model, inputs)
        check([path], inputs, expected, folder, name)


def shared(keras):
    """A layer and a model that are called twice, two inputs, two outputs."""
    layers = keras.layers
    left, right = keras.Input((8, 8, 3), name="left"), keras.Input((8, 8, 3), name="right")
    conv = layers.Conv2D(4, 3, padding="same", activation="relu", name="shared")
    inner_input = keras.Input((8, 8, 4))
    inner = keras.Model(inner_input, [layers.Conv2D(4, 1, name="shared")(inner_input),
                                      layers.DepthwiseConv2D(3, padding="same")(inner_input)])
    normalize = layers.BatchNormalization()
    a, b = inner(normalize(conv(left)))
    c, d = inner(normalize(conv(right)))
    total = layers.Add()([a, c, d])
    x = layers.Subtract()([layers.Multiply()([total, b]), c])
    x = layers.Concatenate()([x, a])
    return keras.Model([left, right], [layers.GlobalMaxPooling2D()(x), layers.Flatten()(total)])


def branches(keras):
    """Weights of one class at many depths, in an order other than that of their making."""
    layers = keras.layers
    x = inputs = keras.Input((16, 16, 3))
    short = layers.Conv2D(6, 1, strides=2)(x)
    long = layers.BatchNormalization(momentum=0.9, epsilon=1e-5, scale=False)(layers.Conv2D(6, 3, padding="same")(x))
    long = layers.ZeroPadding2D(((0, 1), (1, 0)))(layers.Activation("tanh")(long))
    long = layers.Conv2D(6, 2, strides=2, activation="relu6")(long)
    x = layers.ReLU()(layers.Add()([short, long]))
    gate = layers.Dense(6, activation="sigmoid")(layers.Dense(2, activation="relu")(layers.GlobalAveragePooling2D()(x)))
    x = layers.Multiply()([x, layers.Reshape((1, 1, 6))(gate)])
    return keras.Model(inputs, layers.Dense(4, activation="softmax")(layers.Flatten()(x)))


def every_layer(keras):
    layers = keras.layers
    x = inputs = keras.Input((32, 24, 3))
    x = layers.Normalization(mean=[100.0, 110, 120], variance=[2000.0, 2500, 3000])(x)
    x = layers.Conv2D(8, 3, dilation_rate=2, activation="relu6")(x)
    x = layers.MaxPooling2D(2)(x)
    x = layers.SeparableConv2D(12, 3, padding="same", depth_multiplier=2, activation="swish")(x)
    x = layers.BatchNormalization()(x)
    x = layers.LeakyReLU()(x)
    x = layers.AveragePooling2D(3, strides=2, padding="same")(x)
    x = layers.SpatialDropout2D(0.1)(x)
    x = layers.Rescaling(2.0)(x)
    x = layers.Conv2D(12, 3, groups=12, activation="tanh")(x)
    x = layers.GaussianNoise(0.1)(x)
    x = layers.Activation("hard_sigmoid")(x)
    x = layers.Softmax()(layers.Dropout(0.3)(x))
    x = layers.Flatten()(x)
    return keras.Model(inputs, layers.Dense(1, activation="sigmoid")(x))


def randomize(model, seed):
    random = np.random.default_rng(seed)
    for weight in model.weights:
        name, shape = getattr(weight, "path", weight.name), tuple(weight.shape)
        if "variance" in name:
            weight.assign(random.uniform(0.5, 2, shape))
        elif len(shape) == 1:
            weight.assign(random.normal(1 if "gamma" in name else 0, 0.2, shape))


def check_built(folder):
    for keras in (keras2, keras3):
        for seed, build in enumerate((shared, branches, every_layer)):
            keras.utils.set_random_seed(seed)
            model = build(keras)
            randomize(model, seed)
            model.save(folder / "source.keras")
            inputs = noise([tensor.shape for tensor in model.inputs], 100, seed)
            check([folder / "source.keras"], inputs, outputs_of(model, inputs), folder,
                  f"{keras.__name__} {build.__name__}")


def check_architectures(folder):
    for name in ARCHITECTURES:
        source = ["--architecture", name, "--alpha", "0.75", "--size", "64", "--classes", "5", "--weights", "random"]
        convert(folder / "source.tflite", *source)
        inputs = noise([(1, 64, 64, 3)], 255 if "v3" in name else 1, 1)
        check(source, inputs, litert(folder / "source.tflite", inputs[0]), folder, name)


def check_training_on(folder):
    """Names, momenta and dropout are those of the source, and all weights can be trained."""
    source = keras3.models.load_model(MODELS / "keras_mobilenet_v3_small_050_96.keras", compile=False)
    convert(folder / "written.keras", MODELS / "keras_mobilenet_v3_small_050_96.keras")
    written = keras3.models.load_model(folder / "written.keras")
    assert [layer.name for layer in written.layers if layer.weights] == [layer.name for layer in source.layers if layer.weights]
    for layer in source.layers:
        if not layer.weights and not isinstance(layer, keras3.layers.Dropout):
            continue
        same = written.get_layer(layer.name)
        for key in ("momentum", "epsilon", "rate"):
            assert getattr(same, key, None) == getattr(layer, key, None), layer.name
        for a, b in zip(same.weights, layer.weights, strict=True):
            assert np.array_equal(a, b), layer.name
    assert len(written.trainable_weights) == len(source.trainable_weights)
    written.compile("sgd", "sparse_categorical_crossentropy")
    written.fit(np.zeros((2, 96, 96, 3)), np.zeros(2), verbose=0)
    print("ok trains on", flush=True)


def check_labels(folder):
    """The contract and the labels are where we say, and Keras passes over them."""
    (folder / "labels.txt").write_text("".join(f"kind {i}\n" for i in range(1000)))
    for extension in ("keras", "h5"):
        path = folder / f"labelled.{extension}"
        convert(path, MODELS / "keras_mobilenet_v1_025_224.h5", "--labels", folder / "labels.txt", "--normalize", "tf")
        keras3.models.load_model(path)
        if extension == "keras":
            with zipfile.ZipFile(path) as archive:
                texts = {name: archive.read(name).decode() for name in ("GOLDCREST_LABELS", "GOLDCREST_INPUT")}
        else:
            with h5py.File(path) as file:
                texts = dict(file.attrs)
        assert texts["GOLDCREST_LABELS"] == (folder / "labels.txt").read_text()
        assert '"width"' in texts["GOLDCREST_INPUT"]
    print("ok labels", flush=True)


with tempfile.TemporaryDirectory() as name:
    check_built(pathlib.Path(name))
    check_architectures(pathlib.Path(name))
    if not MODELS.exists():
        print("Skipped\nneeds the shared reference data; set GOLDCREST_SHARED to its folder")
        sys.exit()
    for run in (check_files, check_training_on, check_labels):
        run(pathlib.Path(name))
