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
V1, V2 = SHARED / "models/keras_mobilenet_v1_025_224.h5", SHARED / "models/keras_mobilenet_v2_100_224.h5"
# By name what `convert` is told; weights do not change the speed.
MODELS = {"V1 0.25": [V1, "--normalize", "tf"],
          "V1 1.0": ["--architecture", "mobilenet_v1", "--weights", "random"],
          "V2 1.0": [V2, "--normalize", "tf"]}
# Files as they are.
INTEGERS = {"V1 0.25 int8": "keras_mobilenet_v1_025_224.int8.tf.tflite",
            "V2 1.0 int8": "keras_mobilenet_v2_100_224.int8.tf.tflite",
            "V2 1.0 uint8": "mobilenet_v2_1.0_224_quant.tflite",
            "V3-Small 0.5 int8, 96": "keras_mobilenet_v3_small_050_96.int8.tf.tflite",
            "V1 0.25 int16x8": "keras_mobilenet_v1_025_224.int16x8.tf.tflite"}
THREADS = (1, 2)
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


def some_input(details):
    """A picture for floats; any integers, of one seed, for others."""
    if details["dtype"] == np.float32:
        pixels = np.load(SHARED / "golden/inputs_224.npz")["u8"][:1].astype(np.float32)
        return pixels / np.float32(127.5) - np.float32(1)
    limits = np.iinfo(details["dtype"])
    return np.random.default_rng(1).integers(limits.min, limits.max, details["shape"], details["dtype"], endpoint=True)


class Contest:
    """One model and number of threads, in LiteRT's hands and in ours; the answers have been compared."""

    def __init__(self, model, threads, folder):
        self.model, self.threads = model, threads
        self.interpreter = Interpreter(str(self.model), num_threads=threads)
        self.interpreter.allocate_tensors()
        (before,), (after,) = self.interpreter.get_input_details(), self.interpreter.get_output_details()
        np.save(folder / "x.npy", some_input(before))
        goldcrest("run", self.model, "--input", folder / "x.npy", "--output", folder / "y.npy")
        self.interpreter.set_tensor(before["index"], np.load(folder / "x.npy"))
        self.interpreter.invoke()
        answer, ours = self.interpreter.get_tensor(after["index"]), np.load(folder / "y.npy")
        assert np.abs(answer - ours).max() < 1e-5 if answer.dtype == np.float32 else (answer == ours).all()

    def theirs(self):
        milliseconds(self.interpreter.invoke, 3)
        return statistics.median(milliseconds(self.interpreter.invoke) for _ in range(RUNS))

    def ours(self):
        report = goldcrest("benchmark", self.model, "--threads", self.threads, "--runs", RUNS, "--json")
        return json.loads(report)["median_ms"]


def converted(name, folder):
    model = folder / f"{name}.tflite"
    goldcrest("convert", *MODELS[name], "-o", model)
    return model


def print_runs(contests, runs):
    print("| model, threads | LiteRT min, median ms | goldcrest min, median ms | ratio of medians |\n|---|---|---|---|")
    for key in contests:
        theirs, ours = (sorted(runs[key, who]) for who in ("theirs", "ours"))
        medians = statistics.median(theirs), statistics.median(ours)
        print(f"| {key[0]}, {key[1]} | {theirs[0]:.2f}, {medians[0]:.2f} | {ours[0]:.2f}, {medians[1]:.2f} "
              f"| {medians[1] / medians[0]:.2f} |")


def main():
    folder = pathlib.Path(tempfile.mkdtemp())
    models = {name: converted(name, folder) for name in MODELS}
    measured = models | {name: SHARED / "models" / file for name, file in INTEGERS.items()}
    contests = {(name, threads): Contest(measured[name], threads, folder) for name in measured for threads in THREADS}
    runs, others = {}, {}
    for _ in range(ROUNDS):
        for key, contest in contests.items():
            runs.setdefault((key, "theirs"), []).append(contest.theirs())
            runs.setdefault((key, "ours"), []).append(contest.ours())
        for name, model in models.items():
            others.setdefault(f"{name}: process start to first label", []).append(
                milliseconds(lambda m=model: goldcrest("classify", m, PICTURE)))
            others.setdefault(f"{name}: convert", []).append(milliseconds(lambda n=name: converted(n, folder)))

    cpu = next(line for line in open("/proc/cpuinfo") if line.startswith("model name")).split(":")[1].strip()
    print(f"{cpu}, {os.cpu_count()} cores, {platform.platform()}; LiteRT {version('ai-edge-litert')}, {ROUNDS} rounds\n")
    print_runs(contests, runs)
    print("\n| what | min ms | median ms | max ms |\n|---|---|---|---|")
    for name, values in others.items():
        print(f"| {name} | {min(values):.2f} | {statistics.median(values):.2f} | {max(values):.2f} |")


main()
