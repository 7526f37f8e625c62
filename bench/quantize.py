"""Times `goldcrest quantize` beside TensorFlow's converter on MobileNet V2 1.0 with 100 photographs, in turns.

    tools/venv --full && build/venv-keras/bin/python bench/quantize.py [ROUNDS]

In the first table the converter's time is conversion alone: importing TensorFlow, loading the model and decoding the
photographs are not counted; ours is that of the whole process, with the measuring of what quantization has cost. In the
second it is that of the whole process too, as a user runs it, from its start to the written file. Prints the least of
the rounds, on the clock and on the processors, and the most memory that a process had.
"""
import json
import os
import pathlib
import platform
import subprocess
import sys
import tempfile
from importlib.metadata import version

ROOT = pathlib.Path(__file__).resolve().parent.parent
INTEROP = str(ROOT / "tests/interop")
sys.path.insert(0, INTEROP)
from accuracy import SHARED, V2
from converter import calibration, tensorflows

PROGRAM = ROOT / "build/release/goldcrest"
ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 3
KINDS = ("int8", "dynamic", "float16")
WITHOUT_PICTURES = ("dynamic", "float16")
MORE = {"int8 --effort high": ("int8", "--effort", "high"), "int8 --per-tensor": ("int8", "--per-tensor"),
        "uint8": ("uint8",), "int16x8": ("int16x8",)}


# A process that starts from a large one seems to have used the memory of that one.
MEASURE = """
import json, os, subprocess, sys, time
start = time.perf_counter()
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
elapsed = time.perf_counter() - start
import resource
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([elapsed, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024]))
"""


# What a user of TensorFlow writes for int8.
SCRIPT = f"""
import pathlib, sys
sys.path.insert(0, {INTEROP!r})
from accuracy import V2
from converter import calibration, tensorflows
tensorflows(V2, "int8", calibration(V2), pathlib.Path(sys.argv[1]))
"""


def process(*command):
    """Seconds, of them on processors, and bytes of memory of a whole process."""
    ran = subprocess.run([sys.executable, "-c", MEASURE, *map(str, command)], capture_output=True, text=True, check=True)
    return json.loads(ran.stdout)


def ours(kind, *flags):
    with tempfile.TemporaryDirectory() as folder:
        command = [PROGRAM, "quantize", V2.model, "-o", f"{folder}/ours.tflite", "--to", kind, *V2.flags, *flags]
        if kind not in WITHOUT_PICTURES:
            command += ["--calibration", SHARED / "images/calibration.txt"]
        return process(*command)


def theirs_whole():
    with tempfile.TemporaryDirectory() as folder:
        return process(sys.executable, "-c", SCRIPT, f"{folder}/theirs.tflite")


def theirs(kind, samples):
    """Seconds, and of them on processors."""
    with tempfile.TemporaryDirectory() as folder:
        return tensorflows(V2, kind, samples, pathlib.Path(folder) / "theirs.tflite")


def least(rounds, i):
    return min(figures[i] for figures in rounds)


def main():
    samples = calibration(V2)
    measured = {}
    for turn in range(ROUNDS):
        for kind in KINDS:
            measured.setdefault((kind, "theirs"), []).append(theirs(kind, samples))
            measured.setdefault((kind, "ours"), []).append(ours(kind))
        measured.setdefault(("int8", "theirs whole"), []).append(theirs_whole())
        for name, flags in MORE.items() if turn == 0 else ():
            measured[name, "ours"] = [ours(*flags)]
    cpu = next(line for line in open("/proc/cpuinfo") if line.startswith("model name")).split(":")[1].strip()
    print(f"{cpu}, {os.cpu_count()} cores, {platform.platform()}; TensorFlow {version('tensorflow')}, {ROUNDS} rounds\n")
    print("| V2 1.0, 100 photographs | TensorFlow s, on processors | goldcrest s, on processors | ratio | memory MB |\n"
          "|---|---|---|---|---|")
    for name in (*KINDS, *MORE):
        mine, other = (measured.get((name, who)) for who in ("ours", "theirs"))
        print(f"| {name} | {f'{least(other, 0):.2f}, {least(other, 1):.2f}' if other else ''} "
              f"| {least(mine, 0):.2f}, {least(mine, 1):.2f} "
              f"| {f'{least(mine, 0) / least(other, 0):.2f}' if other else ''} | {max(m[2] for m in mine) / 1e6:.0f} |")
    mine, other = measured["int8", "ours"], measured["int8", "theirs whole"]
    print("\n| int8, whole processes | s | on processors | memory MB |\n|---|---|---|---|")
    for name, figures in (("TensorFlow: import, load, decode, convert", other), ("goldcrest", mine)):
        print(f"| {name} | {least(figures, 0):.2f} | {least(figures, 1):.2f} | {max(f[2] for f in figures) / 1e6:.0f} |")
    print(f"| ratio | {least(mine, 0) / least(other, 0):.2f} | {least(mine, 1) / least(other, 1):.2f} | |")


main()
