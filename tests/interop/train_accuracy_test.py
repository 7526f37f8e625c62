"""What training comes to: beside Keras with the same recipe, before and after, and as Keras reads it back.

Pictures reach Keras through TensorFlow's own operations. Each judgement is by pictures that nothing was learned from.
"""
import json
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

from accuracy import CIFAR_RECORD, SHARED, Claims, Result, mcnemar, not_below, percent

V1 = SHARED / "models/keras_mobilenet_v1_025_224.h5"
RESIDUAL = SHARED / "models/pretrainedResnet.h5"
TRANSFER = SHARED / "images/transfer"
CLASSES = ("ants", "bees")
CIFAR10 = SHARED / "images/cifar10"
SIDE = 224
BATCH = 32


class Goldcrest:
    def __init__(self, program, folder):
        self.program, self.folder = program, folder

    def run(self, *arguments):
        ran = subprocess.run([self.program, *map(str, arguments)], capture_output=True, text=True)
        assert ran.returncode == 0, f"{arguments}: {ran.stderr}"
        return ran.stdout

    def train(self, data, start, name, *flags):
        """The written model, and the report."""
        written = self.folder / name
        return written, json.loads(self.run("train", data, "--from", start, "-o", written, "--cache", self.folder / "cache",
                                            "--json", *flags))

    def heads(self, seeds, data, start, *flags):
        """The same for each seed: what is trained further must remain."""
        return [self.train(data, start, f"head{seed}.keras", "--seed", seed, *flags) for seed in seeds]

    def further(self, heads, data, *flags):
        return [self.train(data, path, "further.keras", "--seed", seed, *flags) for seed, (path, _) in enumerate(heads)]

    def evaluate(self, models, data, *flags):
        return [json.loads(line) for line in self.run("evaluate", *models, "--data", data, "--json", *flags).splitlines()]

    def predict(self, model, x):
        np.save(self.folder / "x.npy", x)
        self.run("run", model, "--input", self.folder / "x.npy", "--output", self.folder / "y.npy")
        return np.load(self.folder / "y.npy")


def read_picture(path):
    """As evaluation prepares pictures: the central square of 0.875 of the shorter side, bilinear, x / 127.5 - 1."""
    picture = tf.io.decode_jpeg(tf.io.read_file(str(path)), channels=3, dct_method="INTEGER_ACCURATE")
    height, width, _ = picture.shape
    side = min(height, width) * 7 // 8
    square = tf.image.crop_to_bounding_box(picture, (height - side) // 2, (width - side) // 2, side, side)
    pixels = tf.round(tf.image.resize(square, (SIDE, SIDE), "bilinear", antialias=False))
    return tf.clip_by_value(pixels, 0, 255).numpy() / np.float32(127.5) - np.float32(1)


def read_pictures(folder):
    paths = [(path, label) for label, name in enumerate(CLASSES) for path in sorted((folder / name).iterdir())]
    return np.stack([read_picture(path) for path, _ in paths]), np.array([label for _, label in paths])


class KeepBest(keras.callbacks.Callback):
    """The weights of the best validation loss."""
    loss = np.inf

    def on_epoch_end(self, epoch, logs=None):
        if logs["val_loss"] < self.loss:
            self.loss, self.weights = logs["val_loss"], self.model.get_weights()

    def on_train_end(self, logs=None):
        self.model.set_weights(self.weights)


def accuracy(model, data):
    x, y = data
    return percent(model.predict(x, verbose=0).argmax(-1) == y)


def fit(model, rate, epochs, training, validation):
    """The validation accuracy. Of logits."""
    model.compile(keras.optimizers.Adam(rate), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.fit(*training, batch_size=BATCH, epochs=epochs, shuffle=True, validation_data=validation, callbacks=[KeepBest()],
              verbose=0)
    return accuracy(model, validation)


def through(model, data):
    return model.predict(data[0], verbose=0), data[1]


def keras_head(training, validation, seed):
    """A head that reads features."""
    keras.utils.set_random_seed(seed)
    return fit(keras.Sequential([keras.Input(training[0].shape[1:]), keras.layers.Dense(len(CLASSES))]), 1e-3, 20, training,
               validation)


FINE_TUNED = 40  # operators, of which the model has as many as Keras layers
EPOCHS = 10


class Tail(keras.Model):
    """Layers of a model, of which batch normalizations keep their statistics: a functional model would not leave that to them."""

    def __init__(self, layers):
        super().__init__()
        self.tail = layers

    def call(self, x):
        for layer in self.tail:
            x = layer(x, training=False) if isinstance(layer, keras.layers.BatchNormalization) else layer(x)
        return x


def split(path):
    """A model, but for its softmax: what comes before the layers that are learned, and these."""
    whole = keras.models.load_model(path)
    *tail, softmax = whole.layers[-FINE_TUNED:]
    assert isinstance(softmax, keras.layers.Softmax)
    return keras.Model(whole.input, whole.layers[-FINE_TUNED - 1].output), Tail(tail)


def keras_fine_tuned(path, training, validation, seed):
    """The last layers go on from where they are; what those before them make of pictures is computed once."""
    keras.utils.set_random_seed(seed)
    base, tail = split(path)
    steps = -(-len(training[1]) // BATCH) * EPOCHS
    return fit(tail, keras.optimizers.schedules.CosineDecay(1e-4, steps), EPOCHS, through(base, training),
               through(base, validation))


def keras_losses(path, training, rate, steps):
    """Of steps on all pictures at once, so that their order is nothing."""
    base, tail = split(path)
    x, y = through(base, training)
    tail.compile(keras.optimizers.Adam(rate), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    losses = []
    for _ in range(steps):
        losses.append(float(tail.train_on_batch(x, y, return_dict=True)["loss"]))
        tail.reset_metrics()
    return losses


def spelled(accuracies):
    return f"{np.mean(accuracies):.2f} % ({', '.join(f'{a:.1f}' for a in accuracies)})"


def validation_accuracies(trained):
    return [report["validation_accuracy"] for _, report in trained]


def check_beside_keras(goldcrest, claims, training, validation):
    def claim(what, ours, theirs):
        claims.claim(f"{what}: mean validation accuracy within a point of Keras'", abs(np.mean(ours) - np.mean(theirs)) <= 1,
                     f"{spelled(ours)}; Keras {spelled(theirs)}")

    seeds = range(5)
    heads = goldcrest.heads(seeds, TRANSFER, V1)
    whole = keras.models.load_model(V1)
    base = keras.Sequential([keras.Model(whole.input, whole.get_layer("conv_pw_13_relu").output),
                             keras.layers.GlobalAveragePooling2D()])
    features = through(base, training), through(base, validation)
    claim("ants and bees, head alone", validation_accuracies(heads), [keras_head(*features, seed) for seed in seeds])

    flags = ("--fine-tune", FINE_TUNED, "--epochs", EPOCHS)
    first, _ = heads[0]
    _, report = goldcrest.train(TRANSFER, first, "steps.keras", *flags, "--batch", len(training[1]), "--schedule", "constant",
                                "--learning-rate", 1e-5)
    ours = [epoch["loss"] for epoch in report["epochs"]]
    theirs = keras_losses(first, training, 1e-5, EPOCHS)
    apart = np.abs(np.subtract(ours, theirs)).max()
    claims.claim(f"the last {FINE_TUNED} layers: losses of {EPOCHS} steps as Keras'", apart <= 1e-3,
                 f"{ours[0]:.4f} to {ours[-1]:.4f}, apart by {apart:.1e} at most")
    claim(f"ants and bees, the last {FINE_TUNED} layers after it",
          validation_accuracies(goldcrest.further(heads, TRANSFER, *flags)),
          [keras_fine_tuned(path, training, validation, seed) for seed, (path, _) in enumerate(heads)])


def check_read_back(goldcrest, claims, validation):
    """The base is the one that it was, and the files are what was reported, by Keras and by the program itself."""
    before = {layer.name: layer.get_weights() for layer in keras.models.load_model(V1).layers}
    for extension in ("keras", "h5"):
        path, report = goldcrest.train(TRANSFER, V1, f"again.{extension}")
        reported = report["validation_accuracy"]
        model = keras.models.load_model(path)
        learned = [layer.name for layer in model.layers if layer.get_weights() and layer.name not in before]
        frozen = [layer for layer in model.layers if layer.get_weights() and layer.name in before]
        same = [all(a.tobytes() == b.tobytes() for a, b in zip(layer.get_weights(), before[layer.name], strict=True))
                for layer in frozen]
        claims.claim(f".{extension}: the base is the same, bit for bit", learned == ["logits"] and len(same) == 54 and all(same),
                     f"{sum(same)} of {len(same)} layers; learned {learned}")
        theirs = model.predict(validation[0], verbose=0)
        apart = np.abs(goldcrest.predict(path, validation[0]) - theirs).max()
        claims.claim(f".{extension}: predictions as Keras has them", apart <= 1e-5, f"apart by {apart:.1e} at most")
        figures = [percent(theirs.argmax(-1) == validation[1]),
                   *(line["top1"] for line in goldcrest.evaluate([path], TRANSFER / "validation"))]
        claims.claim(f".{extension}: validation accuracy as it was reported", np.allclose(figures, reported, rtol=0, atol=1e-9),
                     f"{reported:.2f} %; Keras {figures[0]:.2f} %, evaluate {figures[1]:.2f} %")


def check_all_layers(goldcrest, claims):
    data = CIFAR10 / "data_batch_1.bin"
    flags = ("--validation", CIFAR10 / "test_batch.bin", "--input", 96)
    heads = goldcrest.heads(range(3), data, V1, *flags)
    head, whole = map(validation_accuracies, (heads, goldcrest.further(heads, data, "--fine-tune", "all", *flags)))
    claims.claim("CIFAR-10 at 96: all layers 5 points above the head alone", np.mean(whole) >= np.mean(head) + 5,
                 f"{spelled(whole)}; {spelled(head)}")


def check_nothing_lost(goldcrest, claims):
    """A part of the training pictures says which epoch is kept; the test pictures judge."""
    labels = list((CIFAR10 / "test_batch.bin").read_bytes()[::CIFAR_RECORD])
    plain = ("--normalize", "none")
    for seed in range(3):
        path, _ = goldcrest.train(CIFAR10 / "data_batch_1.bin", RESIDUAL, "residual.keras", "--fine-tune", "all", "--seed", seed,
                                  *plain)
        before, after = (Result(line, labels).right
                         for line in goldcrest.evaluate([RESIDUAL, path], CIFAR10 / "test_batch.bin", *plain))
        claims.claim(f"residual network, seed {seed}: fine-tuning loses no accuracy", not_below(after, before),
                     f"{percent(before):.1f} % before, {percent(after):.1f} % after, p = {mcnemar(after, before):.4f}")


def main(program):
    if not (SHARED / "models").exists():
        print("Skipped\nneeds the shared reference data; set GOLDCREST_SHARED to its folder")
        return
    claims = Claims(())
    with tempfile.TemporaryDirectory() as folder:
        goldcrest = Goldcrest(program, pathlib.Path(folder))
        training, validation = (read_pictures(TRANSFER / part) for part in ("train", "validation"))
        check_beside_keras(goldcrest, claims, training, validation)
        check_read_back(goldcrest, claims, validation)
        check_all_layers(goldcrest, claims)
        check_nothing_lost(goldcrest, claims)
    claims.conclude()


main(sys.argv[1])
