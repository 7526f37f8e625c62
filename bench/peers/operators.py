"""Where the time of MobileNets goes, by kind of operator: ours beside OpenVINO's, each by its own profiler, one thread.

    build/venv-peers/bin/python bench/peers/operators.py

needs `make build` and the models and engines of `make bench-peers`. The profilers run in turns; the median of each operator counts.
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import time

import numpy as np

import models

PROGRAM = models.FOLDER.parent / "release/goldcrest"
KINDS = ("first convolution", "depthwise", "1×1 convolutions", "other")


def openvino_profiler(path, pictures, precision):
    import openvino
    model = openvino.Core().read_model(path)
    compiled = openvino.Core().compile_model(model, "CPU", {
        "PERF_COUNT": True, "INFERENCE_NUM_THREADS": 1, "NUM_STREAMS": 1,
        "INFERENCE_PRECISION_HINT": "bf16" if precision == "bf16" else "f32"})
    request = compiled.create_infer_request()
    channels_first = compiled.input(0).get_partial_shape()[1] == 3
    picture = np.ascontiguousarray(pictures[:1].transpose(0, 3, 1, 2) if channels_first else pictures[:1])

    def kind_of(node):
        if node.node_type == "GroupConvolution" or "_dw" in node.exec_type:
            return "depthwise"
        if node.node_type == "Convolution":
            return "1×1 convolutions" if "1x1" in node.exec_type else "first convolution"
        return "1×1 convolutions" if node.node_type in ("MatMul", "FullyConnected") else "other"

    def sums():
        runs = []
        for _ in range(30):
            request.infer({0: picture})
            runs.append([node.real_time.total_seconds() for node in request.profiling_info])
        by_kind = dict.fromkeys(KINDS, 0.0)
        for node, times in zip(request.profiling_info, zip(*runs)):
            by_kind[kind_of(node)] += statistics.median(times) * 1e3
        return by_kind
    return sums


def our_profiler(path, precision):
    command = [str(PROGRAM), "benchmark", str(path), "--profile", "--json", "--runs", "100"]
    command += ["--precision", "bf16"] if precision == "bf16" else []

    def sums():
        line = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[0]
        by_kind = dict.fromkeys(KINDS, 0.0)
        for i, step in enumerate(json.loads(line)["steps"]):
            kinds = {"conv2d": "1×1 convolutions", "fully_connected": "1×1 convolutions", "depthwise_conv2d": "depthwise"}
            kind = "first convolution" if i == 0 else kinds.get(step["op"], "other")
            by_kind[kind] += step["median_ms"]
        return by_kind
    return sums


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", nargs="+", choices=models.MODELS, default=list(models.MODELS))
    parser.add_argument("--precisions", nargs="+", default=["f32", "int8", "bf16"], choices=["f32", "int8", "bf16"])
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    print(f"{time.strftime('%Y-%m-%d')}, ms, ours and OpenVINO's\n")
    print("| model | precision |", " | ".join(KINDS), "| sum |\n" + "|---" * (len(KINDS) + 3) + "|", flush=True)
    for precision in chosen.precisions:
        for model in chosen.models:
            folder = pathlib.Path(models.FOLDER) / model
            pictures = np.load(folder / "pictures.npy").astype(np.float32)
            stem = "int8" if precision == "int8" else "f32"
            profilers = [our_profiler(folder / f"{stem}.tflite", precision),
                         openvino_profiler(folder / f"{stem}.xml", pictures, precision)]
            rounds = [[sums() for sums in profilers] for _ in range(chosen.rounds)]
            best = [min((r[i] for r in rounds), key=lambda by_kind: sum(by_kind.values())) for i in range(2)]
            cells = [f"{best[0][kind]:.3f}, {best[1][kind]:.3f}" for kind in KINDS]
            cells.append(", ".join(f"{sum(by_kind.values()):.3f}" for by_kind in best))
            print("|", model, "|", precision, "|", " | ".join(cells), "|", flush=True)


if __name__ == "__main__":
    main()
