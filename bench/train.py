"""Times whole steps of training beside Keras and PyTorch, in turns: batch in memory, SGD with momentum, 2 threads.

    tools/venv --full && build/venv-keras/bin/python bench/train.py [ROUNDS [TORCH_PYTHON]]

TORCH_PYTHON is the Python of an environment with torch, which is measured where it is named: eager with channels_last, and
torch.compile. Prints pictures a second, the best and the median of the rounds, and the ratio to the best of the peers.
"""
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = ROOT / "build/release/goldcrest"
ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 7
TORCH = sys.argv[2] if len(sys.argv) > 2 else None
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
    def block(i, o, kernel, stride, groups=1):
        return [nn.Conv2d(i, o, kernel, stride, kernel // 2, groups=groups, bias=False), nn.BatchNorm2d(o), nn.ReLU6()]
    width = lambda n: int(n * alpha)
    layers, i = block(3, width(32), 3, 2), width(32)
    for o, s in [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2)] + [(512, 1)] * 5 + [(1024, 2), (1024, 1)]:
        layers += block(i, i, 3, s, i) + block(i, width(o), 1, 1)
        i = width(o)
    model = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(i, 10)).to(memory_format=torch.channels_last)
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


class Peer:
    def __init__(self, python, name, network):
        self.name = name
        environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""}
        self.process = subprocess.Popen([python, "-c", PEER, name, *map(str, network)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment)
        self.there = self.process.stdout.readline().strip() == "ready"

    def measure(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())


def ours(model, batch):
    ran = subprocess.run([PROGRAM, "benchmark", model, "--training", "--batch", str(batch), "--threads", "2", "--min-secs", "1",
                          "--json"], capture_output=True, text=True, check=True)
    return json.loads(ran.stdout)["median_pictures_per_s"]


def main():
    cpu = next(line for line in open("/proc/cpuinfo") if line.startswith("model name")).split(":")[1].strip()
    print(f"{cpu}, {os.cpu_count()} cores, {platform.platform()}, {ROUNDS} rounds\n")
    print("| network | contestant | best, median pictures/s | ours to this |\n|---|---|---|---|")
    for network in NETWORKS:
        alpha, size, batch = network
        with tempfile.TemporaryDirectory() as folder:
            model = f"{folder}/model.keras"
            subprocess.run([PROGRAM, "convert", "--architecture", "mobilenet_v1", "--alpha", str(alpha), "--size", str(size),
                            "--classes", "10", "--weights", "random", "-o", model], check=True, capture_output=True)
            peers = [Peer(sys.executable, "Keras", network)]
            if TORCH:
                peers += [Peer(TORCH, name, network) for name in ("torch eager", "torch.compile")]
            peers = [peer for peer in peers if peer.there]
            measured = {}
            for _ in range(ROUNDS):
                for peer in peers:
                    measured.setdefault(peer.name, []).append(peer.measure())
                measured.setdefault("goldcrest", []).append(ours(model, batch))
            for peer in peers:
                peer.process.stdin.close()
                peer.process.wait()
            mine = measured["goldcrest"]
            for name, rounds in measured.items():
                ratio = "" if name == "goldcrest" else f"{max(mine) / max(rounds):.2f}"
                print(f"| V1 {alpha} {size} batch {batch} | {name} | {max(rounds):.1f}, {statistics.median(rounds):.1f} | {ratio} |",
                      flush=True)


main()
