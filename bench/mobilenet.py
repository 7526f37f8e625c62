"""Times the program on MobileNet V1 0.25 beside LiteRT, in turns: make bench.

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
KERAS = SHARED / "models/keras_mobilenet_v1_025_224.h5"
PICTURE = SHARED / "images/imagenet/000_n01440764.jpg"
ROUNDS = 9


def goldcrest(*arguments):
    return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, check=True).stdout


def milliseconds(work, repeats=1):
    start = time.perf_counter()
    for _ in range(repeats):
        work()
    return (time.perf_counter() - start) / repeats * 1e3


def main():
    folder = pathlib.Path(tempfile.mkdtemp())
    model, layers = folder / "mobilenet.tflite", folder / "layers.npz"
    goldcrest("convert", KERAS, "-o", model, "--labels", SHARED / "models/imagenet_labels.txt")
    interpreter = Interpreter(str(model), num_threads=1)
    interpreter.allocate_tensors()
    pixels = np.load(SHARED / "golden/inputs_224.npz")["u8"][:1].astype(np.float32)
    np.save(folder / "x.npy", pixels / np.float32(127.5) - np.float32(1))
    goldcrest("run", model, "--input", folder / "x.npy", "--output", folder / "y.npy", "--layers", layers)
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], np.load(folder / "x.npy"))
    interpreter.invoke()
    answer = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])
    assert np.abs(answer - np.load(folder / "y.npy")).max() < 1e-5

    times = {name: [] for name in ("run, goldcrest", "run, LiteRT", "process start to first label", "convert")}
    for _ in range(ROUNDS):
        times["run, LiteRT"].append(milliseconds(interpreter.invoke, 20))
        lines = goldcrest("classify", model, *[PICTURE] * 6, "--json").splitlines()
        times["run, goldcrest"].append(statistics.median(json.loads(line)["run_ms"] for line in lines[1:]))
        times["process start to first label"].append(milliseconds(lambda: goldcrest("classify", model, PICTURE)))
        times["convert"].append(milliseconds(lambda: goldcrest("convert", KERAS, "-o", folder / "again.tflite")))

    cpu = next(line for line in open("/proc/cpuinfo") if line.startswith("model name")).split(":")[1].strip()
    print(f"{cpu}, {os.cpu_count()} cores, {platform.platform()}; LiteRT {version('ai-edge-litert')}, one thread\n")
    print("| what | min ms | median ms | max ms |\n|---|---|---|---|")
    for name, values in times.items():
        print(f"| {name} | {min(values):.2f} | {statistics.median(values):.2f} | {max(values):.2f} |")


main()
