"""Times a new head on a frozen MobileNet V1 beside Keras and PyTorch, in turns, 2 threads: the first epoch and those after it.

    tools/venv --full && build/venv-keras/bin/pip install opencv-python-headless pillow
    build/venv-keras/bin/python bench/head.py [ROUNDS [TORCH_PYTHON]]

TORCH_PYTHON is the Python of an environment with torch and opencv-python-headless, which is measured where it is named.
Pictures a second of an epoch, from tensors in memory (for the program, a mapped file) and from JPEG files of 500 x 375, which
bench/decode.py says how to make; base and head together, dense layer of 10, SGD with momentum. The base has random weights.
The program computes the base once, in the first epoch. So does "Keras, predict once"; "Keras fit" and PyTorch run base and head
a batch at a time, PyTorch's base without gradients and channels_last, so that any epoch is as fast as the first. Their pictures
are decoded by tf.data with two threads, and by a DataLoader of two processes with OpenCV.
"""
import json
import os
import pathlib
import statistics
import subprocess
import tempfile

import numpy as np

import decode
from training_peers import PROGRAM, make_model, print_machine, print_rows, rounds, start_peers

ROUNDS = rounds(5)
NETWORKS = [(0.25, 128, 32, 1024), (1.0, 224, 16, 64)]  # alpha, size, batch, pictures in memory
CLASSES = 10

PEER = """
import glob, sys, time
import numpy as np
name, source, alpha, size, batch = sys.argv[1], sys.argv[2], float(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5])
if source.endswith(".npz"):
    arrays = np.load(source)
    pictures, labels = arrays["x"], arrays["y"]
    files = None
else:
    files = sorted(glob.glob(source + "/*/*.jpg"))
    labels = np.array([int(path.split("/")[-2]) for path in files])
if name.startswith("Keras"):
    import keras, tensorflow as tf
    tf.config.threading.set_intra_op_parallelism_threads(2)
    tf.config.threading.set_inter_op_parallelism_threads(2)
    base = keras.applications.MobileNet((size, size, 3), alpha=alpha, weights=None, include_top=False, pooling="avg")
    base.trainable = False
    dense = keras.layers.Dense(10, activation="softmax")
    if files:
        def read(path, label):
            return tf.image.resize(tf.io.decode_jpeg(tf.io.read_file(path), 3), (size, size)) / 127.5 - 1, label
        data = tf.data.Dataset.from_tensor_slices((files, labels)).map(read, num_parallel_calls=2).batch(batch).prefetch(2)
    else:
        data = tf.data.Dataset.from_tensor_slices((pictures, labels)).batch(batch).prefetch(2)
    def compiled(model):
        model.compile(keras.optimizers.SGD(0.01, momentum=0.9), keras.losses.SparseCategoricalCrossentropy())
        return model
    if name == "Keras fit":
        inputs = keras.Input((size, size, 3))
        model = compiled(keras.Model(inputs, dense(base(inputs, training=False))))
        epoch = lambda: model.fit(data, verbose=0)
    else:
        head = compiled(keras.Sequential([keras.Input((base.output_shape[-1],)), dense]))
        epoch = lambda: head.fit(base.predict(data, verbose=0), labels, batch_size=batch, verbose=0)
else:
    import torch
    from torch import nn
    torch.set_num_threads(2)
    layers, i = torch_network(alpha)
    base = nn.Sequential(*layers).to(memory_format=torch.channels_last).eval()
    head = nn.Linear(i, 10)
    optimizer = torch.optim.SGD(head.parameters(), 0.01, momentum=0.9)
    run = torch.compile(base) if name == "torch.compile" else base
    if files:
        import cv2
        cv2.setNumThreads(1)
        class Files(torch.utils.data.Dataset):
            def __len__(self):
                return len(files)
            def __getitem__(self, at):
                x = cv2.resize(cv2.imdecode(np.fromfile(files[at], np.uint8), cv2.IMREAD_COLOR), (size, size))
                x = cv2.cvtColor(x, cv2.COLOR_BGR2RGB).astype(np.float32)
                x *= 1 / 127.5
                x -= 1
                return torch.from_numpy(x).permute(2, 0, 1), labels[at]
        data = torch.utils.data.DataLoader(Files(), batch, num_workers=2, persistent_workers=True)
    else:
        x = torch.from_numpy(pictures).permute(0, 3, 1, 2)
        data = [(x[at:at + batch], torch.from_numpy(labels[at:at + batch])) for at in range(0, len(labels), batch)]
    def epoch():
        for x, y in data:
            with torch.no_grad():
                features = run(x.contiguous(memory_format=torch.channels_last))
            optimizer.zero_grad()
            nn.functional.cross_entropy(head(features), y).backward()
            optimizer.step()
epoch()
print("ready", flush=True)
for _ in sys.stdin:
    start = time.perf_counter()
    epoch()
    print(len(labels) / (time.perf_counter() - start), flush=True)
"""


def ours(model, source, batch, flags, folder):
    """Pictures a second of the first epoch, base included, and of the median of the later ones."""
    ran = subprocess.run([PROGRAM, "train", source, "--from", model, "-o", f"{folder}/out.keras", "--no-cache", "--validation-split",
                          "0", "--epochs", "21", "--batch", str(batch), "--optimizer", "sgd", "--threads", "2", "--json", *flags],
                         capture_output=True, text=True, check=True)
    report = json.loads(ran.stdout)
    speeds = [epoch["samples_per_s"] for epoch in report["epochs"]]
    pictures = report["training_pictures"]
    return pictures / (report["features_s"] + pictures / speeds[0]), statistics.median(speeds[1:])


def make_sources(folder, network):
    _, size, _, count = network
    random = np.random.default_rng(1)
    memory = f"{folder}/{size}.npz"
    labels = np.arange(count) % CLASSES
    np.savez(memory, x=random.standard_normal((count, size, size, 3), np.float32), y=labels)
    files = f"{folder}/files"
    if not os.path.isdir(files):
        os.mkdir(files)
        decode.make_pictures(files)
        for i, path in enumerate(sorted(pathlib.Path(files).glob("*.jpg"))):
            to = pathlib.Path(files) / str(i % CLASSES)
            to.mkdir(exist_ok=True)
            path.rename(to / path.name)
    return {"memory": memory, "JPEG": files}


def main():
    print_machine(ROUNDS)
    print("| network | from | contestant | first epoch: best, median pictures/s | ours to this |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for network in NETWORKS:
            alpha, size, batch, _ = network
            model = f"{folder}/{alpha}_{size}.keras"
            make_model(model, alpha, size)
            for kind, source in make_sources(folder, network).items():
                peers = start_peers(PEER, ("Keras fit", "Keras, predict once"), source, *network[:3])
                modes = {"goldcrest": ["--crop", "none"]}
                if kind == "JPEG":
                    modes["goldcrest --decode fast"] = ["--crop", "none", "--decode", "fast"]
                measured, later = {}, []
                for _ in range(ROUNDS):
                    for peer in peers:
                        measured.setdefault(peer.name, []).append(peer.measure())
                    for name, flags in modes.items():
                        first, rest = ours(model, source, batch, flags, folder)
                        measured.setdefault(name, []).append(first)
                        later.append(rest)
                for peer in peers:
                    peer.close()
                mine = measured["goldcrest"]
                print_rows(f"V1 {alpha} {size} batch {batch} | {kind}", measured, modes)
                print(f"| V1 {alpha} {size} batch {batch} | {kind} | goldcrest, later epochs | {max(later):.0f}, "
                      f"{statistics.median(later):.0f} | {statistics.median(later) / max(mine):.0f} times the first |", flush=True)


main()
