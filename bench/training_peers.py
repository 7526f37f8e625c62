"""What bench/head.py and bench/train.py share: contestants in processes of their own, and how all are measured in turns."""
import os
import pathlib
import platform
import statistics
import subprocess
import sys

PROGRAM = pathlib.Path(__file__).resolve().parent.parent / "build/release/goldcrest"
TORCH = sys.argv[2] if len(sys.argv) > 2 else None  # the Python of an environment with torch

# For the code of a contestant: PyTorch's MobileNet V1 up to its features, as layers, and the number of these.
TORCH_NETWORK = """
def torch_network(alpha):
    from torch import nn
    def block(i, o, kernel, stride, groups=1):
        return [nn.Conv2d(i, o, kernel, stride, kernel // 2, groups=groups, bias=False), nn.BatchNorm2d(o), nn.ReLU6()]
    width = lambda n: int(n * alpha)
    layers, i = block(3, width(32), 3, 2), width(32)
    for o, s in [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2)] + [(512, 1)] * 5 + [(1024, 2), (1024, 1)]:
        layers += block(i, i, 3, s, i) + block(i, width(o), 1, 1)
        i = width(o)
    return [*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten()], i
"""


class Peer:
    """Runs code that prints "ready", and then for each line that it is given the pictures a second that it has measured."""

    def __init__(self, python, code, name, *arguments):
        self.name = name
        environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""}
        self.process = subprocess.Popen([python, "-c", TORCH_NETWORK + code, name, *map(str, arguments)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment)

    def ready(self):
        return self.process.stdout.readline().strip() == "ready"

    def measure(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def start_peers(code, keras_names, *arguments):
    """Those that there are: Keras in this Python, and PyTorch where it is named."""
    names = [(sys.executable, name) for name in keras_names]
    if TORCH:
        names += [(TORCH, name) for name in ("torch eager", "torch.compile")]
    peers = (Peer(python, code, name, *arguments) for python, name in names)
    return [peer for peer in peers if peer.ready()]


def rounds(default):
    return int(sys.argv[1]) if len(sys.argv) > 1 else default


def print_machine(rounds):
    cpu = next(line for line in open("/proc/cpuinfo") if line.startswith("model name")).split(":")[1].strip()
    print(f"{cpu}, {os.cpu_count()} cores, {platform.platform()}, {rounds} rounds\n")


def make_model(path, alpha, size, *flags):
    subprocess.run([PROGRAM, "convert", "--architecture", "mobilenet_v1", "--alpha", str(alpha), "--size", str(size), "--weights",
                    "random", *flags, "-o", path], check=True, capture_output=True)


def print_rows(title, measured, ours):
    """A row for each that was measured, by name the pictures a second of its rounds; `ours` are names of the program's."""
    for name, rates in measured.items():
        ratio = "" if name in ours else f"{max(measured['goldcrest']) / max(rates):.2f}"
        print(f"| {title} | {name} | {max(rates):.1f}, {statistics.median(rates):.1f} | {ratio} |", flush=True)
