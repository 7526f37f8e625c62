"""Times a model's way to its first result, with packed weights of a cache and without, and the most memory it takes.

    cmake --build --preset release --target goldcrest_load goldcrest_empty
    python3 bench/load/load.py MODEL.tflite... [--rounds 15] [--threads 1]

Each round is a process for each model and way that opens, runs and closes it so often (--times); the first in a process does not
count, for the file and the program come into memory there. Times are of opening and the first run together, and of opening
alone. Memory is VmHWM of a process that does so once, less that of an empty C++ program, beside packed weights (as
they lie in the cache) and arena.
"""
import argparse
import pathlib
import statistics
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = ROOT / "build/release"


def measure(*arguments, program="goldcrest_load"):
    out = subprocess.run([str(BUILD / program), *arguments], check=True, capture_output=True, text=True).stdout
    figures = {"opened": [], "all": []}
    for line in out.splitlines():
        name, *values = line.split()
        if name == "milliseconds":
            figures["opened"].append(float(values[0]))
            figures["all"].append(float(values[1]))
        else:
            figures[name] = int(values[0])
    return figures


def mib(count):
    return f"{count / 2**20:.1f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", nargs="+")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--threads", default="1")
    flags = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        ways = []
        for i, model in enumerate(flags.models):
            cache = ["cache", f"{folder}/{i}"]
            measure(model, "1", *cache)
            ways += [(model, "packed", []), (model, "mapped", cache)]
        times = {way[:2]: {"opened": [], "all": []} for way in ways}
        for _ in range(flags.rounds):
            for model, name, options in ways:
                measured = measure(model, str(flags.times + 1), "threads", flags.threads, *options)
                for what, values in times[model, name].items():
                    values += measured[what][1:]
        print("| model | weights | open to first result, best (median) ms | open alone | "
              "peak memory MiB | packed weights + arena MiB | more |\n|---|---|---|---|---|---|---|")
        for i, (model, name, options) in enumerate(ways):
            empty = min(measure(program="goldcrest_empty")["peak_bytes"] for _ in range(5))
            once = [measure(model, "1", "threads", flags.threads, *options) for _ in range(5)]
            peak = min(figures["peak_bytes"] for figures in once) - empty
            needed = pathlib.Path(f"{folder}/{i // 2}").stat().st_size + once[0]["arena_bytes"]
            cells = [f"{min(values):.2f} ({statistics.median(values):.2f})"
                     for values in (times[model, name]["all"], times[model, name]["opened"])]
            print(f"| {pathlib.Path(model).name} | {name} | {' | '.join(cells)} | {mib(peak)} | {mib(needed)} | "
                  f"{mib(peak - needed)} |")


if __name__ == "__main__":
    main()
