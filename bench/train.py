"""Times whole steps of training beside Keras and PyTorch, in turns: batch in memory, SGD with momentum, 2 threads.

    tools/venv --full && build/venv-keras/bin/python bench/train.py [ROUNDS [TORCH_PYTHON]]

TORCH_PYTHON is the Python of an environment with torch, which is measured where it is named: eager with channels_last, and
torch.compile. Prints pictures a second, the best and the median of the rounds, and the ratio to the best of the peers.
"""
import json
import subprocess
import tempfile

from training_peers import PROGRAM, make_model, print_machine, print_rows, rounds, start_peers

ROUNDS = rounds(7)
NETWORKS = [(0.25, 128, 32), (1.0, 224, 16)]  # alpha, size, batch

PEER = """
import sys, time
import numpy as np
name, alpha, size, batch = sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
random = np.random.default_rng(1)
pictures, labels = random.standard_normal((batch, size, size, 3), np.float32), random.integers(0, 10, batch)
if name == "Keras":
    import keras, tensorflow as tf
    tf.config.threading.set_intra_op_parallelism_threads(2)
    tf.config.threading.set_inter_op_parallelism_threads(2)
    model = keras.applications.MobileNet((size, size, 3), alpha=alpha, weights=None, classes=10, dropout=0)
    model.compile(keras.optimizers.SGD(0.01, momentum=0.9), keras.losses.SparseCategoricalCrossentropy())
    x, y = tf.constant(pictures), tf.constant(labels)
    step = lambda: model.train_on_batch(x, y)
else:
    import torch
    from torch import nn
    torch.set_num_threads(2)
    layers, i = torch_network(alpha)
    model = nn.Sequential(*layers, nn.Linear(i, 10)).to(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(model.parameters(), 0.01, momentum=0.9)
    x = torch.from_numpy(pictures.transpose(0, 3, 1, 2).copy()).to(memory_format=torch.channels_last)
    y = torch.from_numpy(labels)
    run = torch.compile(model) if name == "torch.compile" else model
    def step():
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(run(x), y).backward()
        optimizer.step()
step(), step()
print("ready", flush=True)
for _ in sys.stdin:
    count, start = 0, time.perf_counter()
    while count < 2 or time.perf_counter() - start < 1:
        step()
        count += 1
    print(count * batch / (time.perf_counter() - start), flush=True)
"""


def ours(model, batch):
    ran = subprocess.run([PROGRAM, "benchmark", model, "--training", "--batch", str(batch), "--threads", "2", "--min-secs", "1",
                          "--json"], capture_output=True, text=True, check=True)
    return json.loads(ran.stdout)["median_pictures_per_s"]


def main():
    print_machine(ROUNDS)
    print("| network | contestant | best, median pictures/s | ours to this |\n|---|---|---|---|")
    for network in NETWORKS:
        alpha, size, batch = network
        with tempfile.TemporaryDirectory() as folder:
            model = f"{folder}/model.keras"
            make_model(model, alpha, size, "--classes", "10")
            peers = start_peers(PEER, ("Keras",), *network)
            measured = {}
            for _ in range(ROUNDS):
                for peer in peers:
                    measured.setdefault(peer.name, []).append(peer.measure())
                measured.setdefault("goldcrest", []).append(ours(model, batch))
            for peer in peers:
                peer.close()
            print_rows(f"V1 {alpha} {size} batch {batch}", measured, ("goldcrest",))


main()
