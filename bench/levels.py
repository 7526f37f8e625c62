"""Times float32 and int8 at each instruction set level that the CPU has, one thread: python3 bench/levels.py [--folder FOLDER].

The models are those that `make bench-peers` makes. In a round each level has one turn with each model, float32 and integers by turns
in one process, which measures what the level can multiply and add at best too; of the rounds the best counts. Prints a table in
markdown for docs/benchmarks.md and says where integers are slower than floats.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = ROOT / "build/release/goldcrest"
LEVELS = ("avx2", "avxvnni", "avx512", "avx512vnni", "amx", "neon", "neondot", "neoni8mm")
MODELS = ("v1-1.0-224", "v2-1.0-224", "v3-large-224", "v1-0.25-128")
KINDS = {"f32": "float_gops", "int8": "integer_gops"}


def turn(level, folder, seconds):
    """What `benchmark` says of both files, by kind; nothing where the machine has no such level."""
    command = [PROGRAM, "benchmark", *(folder / f"{kind}.tflite" for kind in KINDS), "--min-secs", str(seconds), "--profile", "--json"]
    ran = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "GOLDCREST_ISA": level})
    if ran.returncode:
        return None
    reports = [json.loads(line) for line in ran.stdout.splitlines()]
    return dict(zip(KINDS, reports)) if reports[0]["isa"] == level else None


class Best:
    """The shortest run of one model and kind at a level, and the level's highest rate."""

    def __init__(self):
        self.ms, self.gops, self.multiply_adds = float("inf"), 0, 0

    def take(self, report, rate):
        self.ms = min(self.ms, report["min_ms"])
        self.gops = max(self.gops, report["roofline"][rate])
        self.multiply_adds = sum(operator["multiply_adds"] for operator in report["operators"])

    def fraction(self):
        return 2 * self.multiply_adds / (self.gops * 1e6) / self.ms


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=pathlib.Path, default=ROOT / "build/peers", help="of the models")
    parser.add_argument("--models", nargs="+", default=list(MODELS))
    parser.add_argument("--levels", nargs="+", default=list(LEVELS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=0.5, help="of a file's turn")
    chosen = parser.parse_args()
    best = {}
    for _ in range(chosen.rounds):
        for model in chosen.models:
            for level in chosen.levels:
                reports = turn(level, chosen.folder / model, chosen.seconds)
                for kind, report in (reports or {}).items():
                    best.setdefault((level, model), {}).setdefault(kind, Best()).take(report, KINDS[kind])
    if not best:
        sys.exit("no level of this machine could be measured")
    print("| level | model | f32 ms | of peak | int8 ms | of peak | f32 / int8 |\n|---|---|---|---|---|---|---|")
    slower = False
    for (level, model), of in sorted(best.items(), key=lambda item: (LEVELS.index(item[0][0]), MODELS.index(item[0][1]))):
        cells = [cell for one in of.values() for cell in (f"{one.ms:.3f}", f"{one.fraction():.0%}")]
        ratio = of["f32"].ms / of["int8"].ms
        slower |= ratio < 1
        print("|", " | ".join([level, model, *cells, f"{ratio:.2f}"]), "|")
    peaks = {level: [max(of[kind].gops for (one, _), of in best.items() if one == level) for kind in KINDS] for level, _ in best}
    print("\nPeaks, 10⁹ operations a second of float32 and of int8:",
          "; ".join(f"{level} {floats:.0f}, {integers:.0f}" for level, (floats, integers) in peaks.items()))
    return 1 if slower else 0


if __name__ == "__main__":
    sys.exit(main())
