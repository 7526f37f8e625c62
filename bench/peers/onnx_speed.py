"""Times ONNX Runtime and OpenVINO on the integer models that goldcrest writes for them, beside those of their own quantizers,
in turns: build/venv-peers/bin/python bench/peers/onnx_speed.py

The network is the same, with random weights (models.py), reals go in and come out of all files. Prints a table in markdown for
docs/benchmarks.md.
"""
import argparse
import pathlib
import subprocess
import time
from importlib.metadata import version

import compare
import models
import numpy as np

PROGRAM = pathlib.Path(__file__).resolve().parents[2] / "build/release/goldcrest"
# By engine the file of its own quantizer, and with what that is made.
OWN = {"onnxruntime": ("int8.onnx", "quantize_static"), "openvino": ("int8.xml", "nncf")}


def goldcrest(*arguments):
    subprocess.run([PROGRAM, *map(str, arguments)], check=True, capture_output=True)


def write_ours(folder):
    """By engine the file that is for it."""
    integers = folder / "ours.tflite"
    goldcrest("quantize", folder / "f32.tflite", "-o", integers, "--to", "int8", "--io", "float32", "--calibration",
              folder / "pictures.npy")
    files = {engine: folder / f"ours_{engine}.onnx" for engine in OWN}
    for engine, file in files.items():
        goldcrest("convert", integers, "-o", file, "--target", engine)
    return files


def row(model, engine, folder, ours, threads, rounds, seconds):
    case = (model, "int8", threads, 1)
    pair = [compare.Contestant(engine, path, case) for path in (ours, folder / OWN[engine][0])]
    compare.check(pair, np.load(folder / "probabilities.npy"), "int8")
    for one in pair:
        assert not one.error, f"{engine} with {one.path}: {one.error}"
    for turn in range(rounds + 1):
        for i in range(2):
            time.sleep(0.03)
            pair[(turn + i) % 2].take_turn(seconds, turn > 0)
    for one in pair:
        one.close()
    (best, median), (their_best, their_median) = (one.times for one in pair)
    cells = [model, engine, threads, f"{compare.digits(best)} ({compare.digits(median)})",
             f"{compare.digits(their_best)} ({compare.digits(their_median)})", OWN[engine][1],
             f"{their_best / best:.2f} ({their_median / median:.2f})"]
    print("|", " | ".join(map(str, cells)), "|", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", nargs="+", choices=models.MODELS, default=list(models.MODELS))
    parser.add_argument("--threads", nargs="+", type=int, default=[1])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--seconds", type=float, default=0.25, help="of a turn")
    parser.add_argument("--folder", type=pathlib.Path, default=models.FOLDER, help="of the models")
    chosen = parser.parse_args()
    models.make(chosen.models, chosen.folder)
    compare.raise_priority()
    print(", ".join(f"{name} {version(name)}" for name in (*OWN, "nncf")) + "; ms a run, best (median)\n")
    titles = ["model", "engine", "threads", "goldcrest's file", "its own quantizer's", "made by", "own / goldcrest's"]
    print("|", " | ".join(titles), "|\n" + "|---" * len(titles) + "|", flush=True)
    for model in chosen.models:
        ours = write_ours(chosen.folder / model)
        for engine in OWN:
            for threads in chosen.threads:
                row(model, engine, chosen.folder / model, ours[engine], threads, chosen.rounds, chosen.seconds)


if __name__ == "__main__":
    main()
