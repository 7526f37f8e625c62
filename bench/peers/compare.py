"""Times the project beside LiteRT, ONNX Runtime, OpenVINO, ncnn and MNN on the same models, in turns: make bench-peers.

Every contestant is a process of its own that keeps its model loaded. Before anything is timed its answer is checked. In a round
each has one turn; the order rotates, and the first round does not count. Prints tables in markdown for docs/benchmarks.md.
"""
import argparse
import json
import os
import pathlib
import platform
import shlex
import statistics
import subprocess
import sys
import time
from importlib.metadata import version

import numpy as np

import models

HERE = pathlib.Path(__file__).resolve().parent
# By precision the files of a model that an engine reads; of several the fastest counts.
ENGINES = {
    "goldcrest": {"f32": ["f32.tflite"], "int8": ["int8.tflite"], "bf16": ["f32.tflite"], "dynamic": ["dynamic.tflite"]},
    "litert": {"f32": ["f32.tflite"], "int8": ["int8.tflite"], "dynamic": ["dynamic.tflite"]},
    "onnxruntime": {"f32": ["f32.onnx"], "int8": ["int8.onnx"]},
    "openvino": {"f32": ["f32.xml", "f32.tflite"], "int8": ["int8.xml", "int8.onnx"], "bf16": ["f32.xml", "f32.tflite"]},
    "ncnn": {"f32": ["f32.ncnn"], "int8": ["int8.ncnn"]},
    "mnn": {"f32": ["f32.mnn"], "int8": ["int8.mnn"]}}
PACKAGES = {"litert": "ai-edge-litert", "mnn": "MNN"}  # where they are not called as the engine is
SINGLE = ("ncnn", "mnn")  # their models take one picture at a time
OURS = "goldcrest"
# How far probabilities may be from Keras', by precision; integers only rank alike, for random weights quantize badly.
FARTHEST = {"f32": 1e-3, "bf16": 0.1}
LEAST_CORRELATION = 0.9


class Contestant:
    def __init__(self, engine, path, case):
        self.engine, self.path, self.error, self.wrong = engine, path, None, None
        self.shortest, self.medians, self.all = [], [], []
        model, precision, threads, batch = case
        self.process = subprocess.Popen(
            [sys.executable, HERE / "engines.py", engine, path, precision, str(threads), path.parent / "pictures.npy", str(batch)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def read(self):
        line = self.process.stdout.readline()
        said = json.loads(line) if line else {"error": "the process died"}
        self.error = said.get("error")
        return said

    def take_turn(self, seconds, counts):
        self.process.stdin.write(f"{seconds}\n")
        self.process.stdin.flush()
        said = self.read()
        if counts and not self.error:
            self.shortest.append(said["min"])
            self.medians.append(said["median"])
            self.all += said["all"]

    def seconds_of_processor(self):
        fields = open(f"/proc/{self.process.pid}/stat").read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def close(self):
        self.process.stdin.close()
        self.process.wait()

    @property
    def times(self):
        return min(self.shortest), statistics.median(self.medians)


def check(contestants, expected, precision):
    """Reads the answers. Who computes another network has an error; ours is wrong even by a bit of an integer."""
    answers = {}
    for one in contestants:
        said = one.read()
        if one.error:
            continue
        answer = answers[one.engine] = np.array(said["answer"])
        farthest, correlation = np.abs(answer - expected).max(), np.corrcoef(answer, expected)[0, 1]
        if not (farthest <= FARTHEST.get(precision, 1) and correlation >= LEAST_CORRELATION):
            one.error = one.wrong = f"a wrong answer: {farthest:.2g} from Keras' probabilities, correlation {correlation:.3f}"
    if precision == "int8" and {OURS, "litert"} <= answers.keys():
        differing = np.count_nonzero(answers[OURS] != answers["litert"])
        if differing:
            ours = next(one for one in contestants if one.engine == OURS)
            ours.wrong = f"{differing} of {len(expected)} probabilities are not LiteRT's"


def processor_seconds():
    """Of all cores: in all, busy."""
    fields = [int(field) / os.sysconf("SC_CLK_TCK") for field in open("/proc/stat").readline().split()[1:9]]
    return sum(fields), sum(fields) - fields[3] - fields[4]


def measure(case, engines, folder, rounds, seconds):
    """The contestants, and which share of the machine others took."""
    model, precision, threads, batch = case
    contestants = [Contestant(engine, folder / model / file, case) for engine in engines
                   if batch == 1 or engine not in SINGLE for file in ENGINES[engine].get(precision, [])]
    check(contestants, np.load(folder / model / "probabilities.npy"), precision)
    running = [one for one in contestants if not one.error]
    (all_before, busy_before), ours_before = processor_seconds(), sum(one.seconds_of_processor() for one in running)
    for turn in range(rounds + 1):
        for i in range(len(running)):
            time.sleep(0.03)  # the threads of the last one may still spin
            one = running[(turn + i) % len(running)]
            if not one.error:
                one.take_turn(seconds, turn > 0)
    (all_after, busy_after), ours_after = processor_seconds(), sum(one.seconds_of_processor() for one in running if not one.error)
    for one in contestants:
        one.close()
    others = (busy_after - busy_before) - (ours_after - ours_before)
    return contestants, max(others, 0) / (all_after - all_before) if running else 0


def digits(ms):
    return f"{ms:.3f}" if ms < 1 else f"{ms:.2f}"


def print_row(case, engines, contestants, others):
    fastest = {}
    for one in contestants:
        if not one.error and (one.engine not in fastest or one.times < fastest[one.engine]):
            fastest[one.engine] = one.times
    ratios = ""
    peers = [times for engine, times in fastest.items() if engine != OURS]
    if OURS in fastest and peers:
        ratios = "{:.2f} ({:.2f})".format(*(min(column) / ours for column, ours in zip(zip(*peers), fastest[OURS])))
    cells = [f"{digits(fastest[e][0])} ({digits(fastest[e][1])})" if e in fastest else "" for e in engines]
    print("|", " | ".join([*map(str, case), *cells, ratios, f"{others:.0%}"]), "|", flush=True)


def raise_priority():
    """A scheduling group of our own: with autogrouping, niceness holds back no job of another session."""
    try:
        os.setsid()
        pathlib.Path("/proc/self/autogroup").write_text("-10")
    except OSError:
        pass


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", nargs="+", choices=models.MODELS, default=list(models.MODELS))
    parser.add_argument("--precisions", nargs="+", choices=ENGINES[OURS], default=list(ENGINES[OURS]))
    parser.add_argument("--threads", nargs="+", type=int, default=[1, 2])
    parser.add_argument("--batch", type=int, help="only this batch; default: 1, and 8 for int8 with two threads")
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES))
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--seconds", type=float, default=0.25, help="of a turn")
    parser.add_argument("--folder", type=pathlib.Path, default=models.FOLDER, help="of the models")
    return parser.parse_args()


def main():
    chosen = arguments()
    models.make(chosen.models, chosen.folder)
    raise_priority()
    cpu = next(line for line in open("/proc/cpuinfo") if line.startswith("model name")).split(":")[1].strip()
    versions = ", ".join(f"{e} {version(PACKAGES.get(e, e))}" for e in chosen.engines if e != OURS)
    print(f"`make bench-peers{' ARGS=' + chr(34) + shlex.join(sys.argv[1:]) + chr(34) if sys.argv[1:] else ''}`, "
          f"{time.strftime('%Y-%m-%d')}: {cpu}, {os.cpu_count()} cores, {platform.platform()}; {versions}; {chosen.rounds} rounds "
          f"of {chosen.seconds} s a turn.\n\nms a run, best (median); the last but one column is the best peer's time by ours.\n")
    titles = ["model", "precision", "threads", "batch", *chosen.engines, "best peer / ours", "taken by others"]
    print("|", " | ".join(titles), "|\n" + "|---" * len(titles) + "|", flush=True)
    cases = [(m, p, t, chosen.batch or 1) for p in chosen.precisions for t in chosen.threads for m in chosen.models]
    if not chosen.batch and "int8" in chosen.precisions and 2 in chosen.threads:
        cases += [(m, "int8", 2, 8) for m in chosen.models]
    remarks, wrong = {}, False
    for case in cases:
        contestants, others = measure(case, chosen.engines, chosen.folder, chosen.rounds, chosen.seconds)
        if any(not one.error for one in contestants):
            print_row(case, chosen.engines, contestants, others)
        for one in contestants:
            wrong |= one.engine == OURS and bool(one.wrong)
            if one.error or one.wrong:
                remark = f"{'Left out: ' if one.error else ''}{one.engine} with {one.path.name}: {one.error or one.wrong}"
                remarks.setdefault(remark, []).append(" ".join(map(str, case)))
    for remark, where in remarks.items():
        print(f"\n{remark} ({', '.join(where)})")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
