"""Times `goldcrest quantize` beside TensorFlow's converter on MobileNet V2 1.0 with 100 photographs, in turns.

    tools/venv --full && build/venv-keras/bin/python bench/quantize.py [ROUNDS]

The converter's time is conversion alone: importing TensorFlow, loading the model and decoding the photographs are not
counted; ours is that of the whole process, with the measuring of what quantization has cost. Prints the least of the
rounds, on the clock and on the processors, and the most memory that we had.
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
sys.path.insert(0, str(ROOT / "tests/interop"))
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


def ours(kind, *flags):
    """Seconds, of them on processors, and bytes of memory."""
    with tempfile.TemporaryDirectory() as folder:
        command = [PROGRAM, "quantize", V2.model, "-o", f"{folder}/ours.tflite", "--to", kind, *V2.flags, *flags]
        if kind not in WITHOUT_PICTURES:
            command += ["--calibration", SHARED / "images/calibration.txt"]
        ran = subprocess.run([sys.executable, "-c", MEASURE, *map(str, command)], capture_output=True, text=True, check=True)
        return json.loads(ran.stdout)


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


main()
