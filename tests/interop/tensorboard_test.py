"""TensorBoard reads what `goldcrest train --log` writes as it reads what Keras' callbacks write.

Folders, tags, kinds and steps are those of Keras; numbers are those of the report; histograms are those
of the weights in the written model; pictures are those that TensorFlow makes by the input contract.
"""
import csv
import io
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
from PIL import Image
from tensorboard.backend.event_processing.data_provider import MultiplexerDataProvider
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.backend.event_processing.plugin_event_multiplexer import EventMultiplexer
from tensorboard.context import RequestContext
from tensorboard.data.provider import RunTagFilter
from tensorboard.plugins.histogram import summary_v2
from tensorboard.util import tensor_util

PROGRAM = sys.argv[1]
SHARED = pathlib.Path(os.environ.get("GOLDCREST_SHARED") or pathlib.Path(__file__).parents[3] / "shared")
PICTURES = SHARED / "images/transfer/train"
EPOCHS = 4


def read(folder):
    events = EventAccumulator(str(folder), size_guidance={"tensors": 0}).Reload()
    return {tag: events.Tensors(tag) for tag in events.Tags()["tensors"]}, events


def values(events):
    return [float(tensor_util.make_ndarray(event.tensor_proto)) for event in events]


def plugin(events, tag):
    return events.SummaryMetadata(tag).plugin_data.plugin_name


def train(folder):
    ran = subprocess.run([PROGRAM, "train", PICTURES, "--from", SHARED / "models/keras_mobilenet_v1_025_224.h5",
                          "-o", folder / "model.keras", "--epochs", str(EPOCHS), "--schedule", "cosine",
                          "--no-cache", "--log", folder / "run", "--log-histograms", "--log-pictures", "--json"],
                         capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def train_keras(folder):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    x, y = np.random.default_rng(0).normal(size=(20, 4)), np.arange(20) % 2
    # ReduceLROnPlateau puts the learning rate among the figures.
    callbacks = [keras.callbacks.ReduceLROnPlateau(), keras.callbacks.CSVLogger(folder / "log.csv"),
                 keras.callbacks.TensorBoard(folder / "run", histogram_freq=1)]
    model.fit(x, y, epochs=EPOCHS, validation_data=(x, y), verbose=0, callbacks=callbacks)


def check_scalars(run, report):
    rows = report["epochs"]
    figures = {"train": {"epoch_loss": [row["loss"] for row in rows],
                         "epoch_accuracy": [row["accuracy"] / 100 for row in rows],
                         "epoch_learning_rate": [row["learning_rate"] for row in rows],
                         "epoch_images_per_second": [row["samples_per_s"] for row in rows]},
               "validation": {"epoch_loss": [row["validation_loss"] for row in rows],
                              "epoch_accuracy": [row["validation_accuracy"] / 100 for row in rows]}}
    for part, tags in figures.items():
        found, _ = read(run / part)
        for tag, expected in tags.items():
            assert [event.step for event in found[tag]] == list(range(EPOCHS)), tag
            np.testing.assert_allclose(values(found[tag]), expected, rtol=1e-6, err_msg=tag)
    print("ok scalars", flush=True)


def check_like_keras(run, keras_run):
    for part in ("train", "validation"):
        ours, our_events = read(run / part)
        theirs, their_events = read(keras_run / part)
        wanted = [tag for tag in theirs if tag.startswith("epoch_")]
        assert {"epoch_loss", "epoch_accuracy"} <= set(wanted), wanted
        for tag in wanted:
            assert tag in ours, tag
            assert plugin(our_events, tag) == plugin(their_events, tag), tag
            assert [e.step for e in ours[tag]] == [e.step for e in theirs[tag]], tag
        if part == "train":
            one, other = (next(tag for tag in tags if tag.endswith("/kernel/histogram")) for tags in (ours, theirs))
            assert plugin(our_events, one) == plugin(their_events, other)
            assert ours[one][0].tensor_proto.dtype == theirs[other][0].tensor_proto.dtype
    print("ok like Keras", flush=True)


def check_histograms(run, folder, report):
    """Those of the best epoch are of the weights that were written."""
    found, _ = read(run / "train")
    histograms = {tag: events for tag, events in found.items() if tag.endswith("/histogram")}
    layer = [layer for layer in keras.models.load_model(folder / "model.keras").layers if layer.weights][-1]
    assert len(histograms) == len(layer.weights) == 2, list(histograms)
    for weight in layer.weights:
        tag = next(tag for tag in histograms if tag.endswith(f"/{weight.name}/histogram"))
        assert len(histograms[tag]) == EPOCHS
        ours = tensor_util.make_ndarray(histograms[tag][report["best_epoch"] - 1].tensor_proto)
        theirs = tensor_util.make_ndarray(summary_v2.histogram_pb("", keras.ops.convert_to_numpy(weight)).value[0].tensor)
        np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-9, err_msg=tag)
    print("ok histograms", flush=True)


def as_the_network_sees(path):
    """The contract of the model: the central 0.875 of the shorter side, bilinear to 224."""
    pixels = np.asarray(Image.open(path).convert("RGB"))
    side = int(min(pixels.shape[:2]) * 0.875)
    top, left = (pixels.shape[0] - side) // 2, (pixels.shape[1] - side) // 2
    return np.array(tf.image.resize(pixels[top:top + side, left:left + side], (224, 224)))


def check_pictures(run):
    found, _ = read(run / "train")
    tags = sorted(tag for tag in found if tag.startswith("pictures/"))
    classes = sorted(path.name for path in PICTURES.iterdir() if path.is_dir())
    assert tags == [f"pictures/{name}" for name in classes], tags
    for tag in tags:
        strings = tensor_util.make_ndarray(found[tag][0].tensor_proto)
        assert list(strings[:2]) == [b"224", b"224"] and len(strings) == 5, strings[:2]
        candidates = [as_the_network_sees(path) for path in sorted((PICTURES / tag.split("/")[1]).iterdir())]
        for png in strings[2:]:
            shown = np.asarray(Image.open(io.BytesIO(png)), np.float32)
            assert min(np.abs(shown - other).mean() for other in candidates) < 0.5, tag
    print("ok pictures", flush=True)


def check_server(run):
    """What TensorBoard's own pages ask for."""
    multiplexer = EventMultiplexer().AddRunsFromDirectory(str(run)).Reload()
    provider, context = MultiplexerDataProvider(multiplexer, str(run)), RequestContext()
    everything = RunTagFilter()
    scalars = provider.list_scalars(context, experiment_id="", plugin_name="scalars", run_tag_filter=everything)
    assert sorted(scalars) == ["train", "validation"] and len(scalars["train"]) == 4, scalars
    tensors = provider.list_tensors(context, experiment_id="", plugin_name="histograms", run_tag_filter=everything)
    assert len(tensors["train"]) == 2, tensors
    blobs = provider.list_blob_sequences(context, experiment_id="", plugin_name="images", run_tag_filter=everything)
    assert len(blobs["train"]) == 2, blobs
    print("ok server", flush=True)


def check_csv(run, keras_folder, report):
    ours, theirs = (list(csv.reader(path.open())) for path in (run / "log.csv", keras_folder / "log.csv"))
    assert ours[0] == theirs[0], (ours[0], theirs[0])
    assert [row[0] for row in ours] == [row[0] for row in theirs]
    for row, epoch in zip(ours[1:], report["epochs"], strict=True):
        expected = [epoch["accuracy"] / 100, epoch["learning_rate"], epoch["loss"],
                    epoch["validation_accuracy"] / 100, epoch["validation_loss"]]
        np.testing.assert_allclose([float(cell) for cell in row[1:]], expected, rtol=1e-9)
    print("ok log.csv", flush=True)


def main():
    if not PICTURES.exists():
        print("Skipped: needs the shared reference data; set GOLDCREST_SHARED to its folder")
        return
    with tempfile.TemporaryDirectory() as name:
        ours, theirs = pathlib.Path(name) / "goldcrest", pathlib.Path(name) / "keras"
        ours.mkdir()
        theirs.mkdir()
        report = train(ours)
        train_keras(theirs)
        run = ours / "run"
        check_scalars(run, report)
        check_like_keras(run, theirs / "run")
        check_histograms(run, ours, report)
        check_pictures(run)
        check_server(run)
        check_csv(run, theirs, report)


main()
