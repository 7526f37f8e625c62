"""Times the program on MobileNets beside LiteRT, in turns: make bench.

The answer is checked before anything is timed. Prints minimum, median and maximum of the rounds.
"""
import json
import os
import pathlib
import platform
import statistics
import subprocess
import tempfile
import time
from importlib.metadata import version

import numpy as np
from ai_edge_litert.interpreter import Interpreter

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = ROOT / "build/release/goldcrest"
SHARED = pathlib.Path(os.environ.get("GOLDCREST_SHARED") or ROOT.parent / "shared")
MODELS = {"V1 0.25": SHARED / "models/keras_mobilenet_v1_025_224.h5",
          "V2 1.0": SHARED / "models/keras_mobilenet_v2_100_224.h5"}
PICTURE = SHARED / "images/imagenet/000_n01440764.jpg"
ROUNDS = 9
RUNS = 20  # of a turn; what counts is their median


def goldcrest(*arguments):
    return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, check=True).stdout


def milliseconds(work, repeats=1):
    start = time.perf_counter()
    for _ in range(repeats):
        work()
    return (time.perf_counter() - start) / repeats * 1e3


class Contest:
    """One model, converted, in LiteRT's hands and in ours; the answers have been compared."""

    def __init__(self, keras, folder):
        self.model = folder / f"{keras.stem}.tflite"
        goldcrest("convert", keras, "-o", self.model, "--normalize", "tf")
        self.interpreter = Interpreter(str(self.model), num_threads=1)
        self.interpreter.allocate_tensors()
        pixels = np.load(SHARED / "golden/inputs_224.npz")["u8"][:1].astype(np.float32)
        np.save(folder / "x.npy", pixels / np.float32(127.5) - np.float32(1))
        goldcrest("run", self.model, "--input", folder / "x.npy", "--output", folder / "y.npy")
        self.interpreter.set_tensor(self.interpreter.get_input_details()[0]["index"], np.load(folder / "x.npy"))
        self.interpreter.invoke()
        answer = self.interpreter.get_tensor(self.interpreter.get_output_details()[0]["index"])
        assert np.abs(answer - np.load(folder / "y.npy")).max() < 1e-5

    def theirs(self):
        milliseconds(self.interpreter.invoke, 3)
        return statistics.median(milliseconds(self.interpreter.invoke) for _ in range(RUNS))

    def ours(self):
        report = goldcrest("benchmark", self.model, "--threads", 1, "--runs", RUNS, "--json")
        return json.loads(report)["median_ms"]


def main():
    folder = pathlib.Path(tempfile.mkdtemp())
    contests = {name: Contest(keras, folder) for name, keras in MODELS.items()}
    times = {}
    for _ in range(ROUNDS):
        for name, contest in contests.items():
            times.setdefault(f"{name}: run, LiteRT", []).append(contest.theirs())
            times.setdefault(f"{name}: run, goldcrest", []).append(contest.ours())
            times.setdefault(f"{name}: process start to first label", []).append(
                milliseconds(lambda c=contest: goldcrest("classify", c.model, PICTURE)))
            times.setdefault(f"{name}: convert", []).append(
                milliseconds(lambda n=name: goldcrest("convert", MODELS[n], "-o", folder / "again.tflite")))

    cpu = next(line for line in open("/proc/cpuinfo") if line.startswith("model name")).split(":")[1].strip()
    print(f"{cpu}, {os.cpu_count()} cores, {platform.platform()}; LiteRT {version('ai-edge-litert')}, one thread\n")
    print("| what | min ms | median ms | max ms |\n|---|---|---|---|")
    for name, values in times.items():
        print(f"| {name} | {min(values):.2f} | {statistics.median(values):.2f} | {max(values):.2f} |")


main()
