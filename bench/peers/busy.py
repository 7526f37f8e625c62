"""Times two threads beside one while another process keeps one core busy: build/venv-peers/bin/python bench/peers/busy.py.

The contestants are those of compare.py, in turns: each engine with one thread and with two. The other process computes on the
last core for as long as they take turns, a few seconds a model; the system ends it with this one. A figure is of the runs of
all turns: the median, and the 99th percentile, which what happens now and then must not spoil. Where others take more of the machine
than a few per cent, both cores are busy and the figures say nothing.
"""
import argparse
import contextlib
import ctypes
import os
import pathlib
import resource
import signal
import statistics
import subprocess
import sys
import time

import compare
import models

THREADS = (1, 2)
ENGINES = ("goldcrest", "litert")
MOST_SLOWER, MOST_SPREAD = 1.1, 3  # two threads to one; the 99th percentile to the median
PR_SET_PDEATHSIG = 1


def on_the_last_core(most_seconds):
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    resource.setrlimit(resource.RLIMIT_CPU, (most_seconds, most_seconds))
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


class Load:
    """Another process that computes."""

    def __init__(self, most_seconds):
        self.process = subprocess.Popen([sys.executable, "-c", "while True: pass"],
                                        start_new_session=True,
                                        preexec_fn=lambda: on_the_last_core(most_seconds))

    seconds_of_processor = compare.Contestant.seconds_of_processor

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def percentile(times, share):
    return sorted(times)[min(int(len(times) * share), len(times) - 1)]


def measure(path, precision, chosen):
    """By engine and number of threads the times of all runs; and which share of the machine others took."""
    contestants = {}
    for engine in chosen.engines:
        for threads in THREADS:
            one = contestants[engine, threads] = compare.Contestant(engine, path, (None, precision, threads, 1))
            one.read()
            if one.error:
                sys.exit(f"{engine} with {path}: {one.error}")
    in_turn, turns = list(contestants.values()), (chosen.rounds + 1) * len(contestants)
    with Load(int(2 * turns * chosen.seconds) + 5) if not chosen.quiet else contextlib.nullcontext() as load:
        def ours():
            return sum(one.seconds_of_processor() for one in in_turn) + (load.seconds_of_processor() if load else 0)
        (all_before, busy_before), ours_before = compare.processor_seconds(), ours()
        for turn in range(chosen.rounds + 1):
            for i in range(len(contestants)):
                time.sleep(0.03)  # the threads of the last one may still spin
                in_turn[(turn + i) % len(contestants)].take_turn(chosen.seconds, turn > 0)
        (all_after, busy_after), ours_after = compare.processor_seconds(), ours()
    for one in in_turn:
        one.close()
    others = (busy_after - busy_before - (ours_after - ours_before)) / (all_after - all_before)
    return {key: one.all for key, one in contestants.items()}, max(others, 0)


def print_rows(name, times, others, engines):
    """Whether ours are within the limits."""
    within = True
    for engine in engines:
        medians = [statistics.median(times[engine, threads]) for threads in THREADS]
        tails = [percentile(times[engine, threads], 0.99) for threads in THREADS]
        slower, spread = medians[1] / medians[0], tails[1] / medians[1]
        cells = [compare.digits(ms) for pair in zip(medians, tails) for ms in pair]
        print("|", " | ".join([name, engine, *cells, f"{slower:.2f}", f"{spread:.1f}", f"{others:.0%}"]), "|", flush=True)
        within &= engine != compare.OURS or (slower <= MOST_SLOWER and spread <= MOST_SPREAD)
    return within


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", nargs="+", default=["v1-1.0-224", "v1-0.25-128"])
    parser.add_argument("--precisions", nargs="+", default=["int8"])
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES))
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--seconds", type=float, default=0.5, help="of a turn")
    parser.add_argument("--quiet", action="store_true", help="without the other process")
    parser.add_argument("--folder", type=pathlib.Path, default=models.FOLDER, help="of the models, made by compare.py")
    return parser.parse_args()


def main():
    chosen = arguments()
    if len(os.sched_getaffinity(0)) != 2:
        print(f"this is meant for two cores, and here are {len(os.sched_getaffinity(0))}", file=sys.stderr)
    titles = ["model", "engine", "1 thread, median ms", "p99", "2 threads, median ms", "p99", "2 to 1", "p99 to median of 2",
              "taken by others"]
    print("|", " | ".join(titles), "|\n" + "|---" * len(titles) + "|", flush=True)
    within = True
    for model in chosen.models:
        for precision in chosen.precisions:
            times, others = measure(chosen.folder / model / f"{precision}.tflite", precision, chosen)
            within &= print_rows(f"{model} {precision}", times, others, chosen.engines)
    return 0 if within else 1


if __name__ == "__main__":
    sys.exit(main())
