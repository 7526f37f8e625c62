"""Times `goldcrest quantize` beside TensorFlow's converter on MobileNet V2 1.0 with 100 photographs, in turns.

    tools/venv --full && build/venv-keras/bin/python bench/quantize.py [ROUNDS]

The converter's time is conversion alone: importing TensorFlow, loading the model and decoding the photographs are not
counted; ours is that of the whole process. Prints minimum and median of the rounds, and the most memory that we had.
"""
import os
import pathlib
import platform
import statistics
import sys
import tempfile
import time
from importlib.metadata import version

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests/interop"))
from accuracy import SHARED, V2
from converter import calibration, tensorflows

PROGRAM = ROOT / "build/release/goldcrest"
ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 3
KINDS = ("int8", "dynamic", "float16")
MORE = {"int8 --effort high": ("int8", "--effort", "high"), "int8 --per-tensor": ("int8", "--per-tensor"),
        "uint8": ("uint8",), "int16x8": ("int16x8",)}


def ours(kind, *flags):
    """(seconds, bytes of memory)"""
    with tempfile.TemporaryDirectory() as folder:
        command = [str(PROGRAM), "quantize", str(V2.model), "-o", f"{folder}/ours.tflite", "--to", kind, *V2.flags, *flags,
                   "--calibration", str(SHARED / "images/calibration.txt")]
        start = time.perf_counter()
        process = os.posix_spawn(command[0], command, os.environ, file_actions=[
            (os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_WRONLY, 0) for fd in (1, 2)])
        _, status, usage = os.wait4(process, 0)
        assert status == 0, command
        return time.perf_counter() - start, usage.ru_maxrss * 1024


def theirs(kind, samples):
    with tempfile.TemporaryDirectory() as folder:
        return tensorflows(V2, kind, samples, pathlib.Path(folder) / "theirs.tflite")


def main():
    samples = calibration(V2)
    times, memory = {}, {}
    for _ in range(ROUNDS):
        for kind in KINDS:
            times.setdefault((kind, "theirs"), []).append(theirs(kind, samples))
        for name, flags in {**{kind: (kind,) for kind in KINDS}, **MORE}.items():
            seconds, used = ours(*flags)
            times.setdefault((name, "ours"), []).append(seconds)
            memory[name] = max(memory.get(name, 0), used)
    cpu = next(line for line in open("/proc/cpuinfo") if line.startswith("model name")).split(":")[1].strip()
    print(f"{cpu}, {os.cpu_count()} cores, {platform.platform()}; TensorFlow {version('tensorflow')}, {ROUNDS} rounds\n")
    print("| V2 1.0, 100 photographs | TensorFlow min, median s | goldcrest min, median s | ratio of medians | memory MB |\n"
          "|---|---|---|---|---|")
    for name, used in memory.items():
        mine, other = (times.get((name, who)) for who in ("ours", "theirs"))
        row = [f"{min(other):.2f}, {statistics.median(other):.2f}" if other else "",
               f"{min(mine):.2f}, {statistics.median(mine):.2f}",
               f"{statistics.median(mine) / statistics.median(other):.2f}" if other else "", f"{used / 1e6:.0f}"]
        print(f"| {name} | {' | '.join(row)} |")


main()
