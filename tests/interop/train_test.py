"""Training beside Keras: the same network, weights and batch, so that the loss of every step must be the same.

One batch is the whole data set, so that an epoch is a step whatever the order; MobileNet V1, V2 and V3 as
keras-applications build them, with batch statistics, and each optimizer. Keras then loads what was written.

Learning rates are small: a value within rounding of where a ReLU6 bends sends two runs apart by as much as a step changes.
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

PROGRAM = sys.argv[1]
STEPS = 20
PICTURES = 16
SIDE = 64
CLASSES = 5
TOLERANCE = 1e-3  # of the loss


def network(name):
    keras.utils.set_random_seed(3)
    # Its dropout would draw other numbers than ours.
    builders = {
        "v1": lambda: keras.applications.MobileNet((SIDE, SIDE, 3), alpha=0.25, weights=None, classes=CLASSES, dropout=0),
        "v2": lambda: keras.applications.MobileNetV2((SIDE, SIDE, 3), alpha=0.35, weights=None, classes=CLASSES),
        "v3": lambda: keras.applications.MobileNetV3Small((SIDE, SIDE, 3), alpha=0.75, minimalistic=False, weights=None,
                                                          classes=CLASSES, dropout_rate=0),
    }
    return builders[name]()


def optimizer(name):
    return {"sgd": keras.optimizers.SGD(5e-7, momentum=0.9), "adam": keras.optimizers.Adam(1e-5),
            "rmsprop": keras.optimizers.RMSprop(1e-6)}[name]


FLAGS = {"sgd": ["--learning-rate", "5e-7"], "adam": ["--learning-rate", "1e-5"],
         "rmsprop": ["--learning-rate", "1e-6", "--momentum", "0"]}


def check(folder, name, algorithm):
    random = np.random.default_rng(5)
    pictures = random.integers(0, 256, (PICTURES, SIDE, SIDE, 3), np.uint8)
    labels = np.arange(PICTURES) % CLASSES
    np.savez(folder / "data.npz", x=pictures, y=labels)
    model = network(name)
    model.save(folder / "start.keras")
    rescales = name == "v3"
    x = pictures.astype(np.float32) if rescales else pictures.astype(np.float32) / 127.5 - 1
    model.compile(optimizer(algorithm), keras.losses.SparseCategoricalCrossentropy())
    theirs = [float(model.train_on_batch(x, labels, return_dict=True)["loss"])]
    for _ in range(STEPS - 1):
        model.reset_metrics()
        theirs.append(float(model.train_on_batch(x, labels, return_dict=True)["loss"]))
    command = [PROGRAM, "train", folder / "data.npz", "--from", folder / "start.keras", "--fine-tune", "all",
               "-o", folder / "ours.keras", "--validation-split", "0", "--batch", str(PICTURES),
               "--epochs", str(STEPS), "--schedule", "constant", "--optimizer", algorithm, *FLAGS[algorithm],
               "--normalize", "none" if rescales else "tf", "--json"]
    ran = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    ours = [epoch["loss"] for epoch in json.loads(ran.stdout)["epochs"]]
    apart = [abs(a - b) for a, b in zip(ours, theirs, strict=True)]
    print(f"{name} {algorithm}: losses {theirs[0]:.4f} to {theirs[-1]:.4f}; apart by", *(f"{d:.0e}" for d in apart), flush=True)
    assert max(apart) <= TOLERANCE, list(zip(ours, theirs))
    keras.models.load_model(folder / "ours.keras").predict(x, verbose=0)


with tempfile.TemporaryDirectory() as place:
    for name in ("v1", "v2", "v3"):
        for algorithm in FLAGS:
            check(pathlib.Path(place), name, algorithm)
