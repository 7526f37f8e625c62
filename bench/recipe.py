"""Which recipe calibration pictures alone would choose: each on 80 of them, judged by the 20 held back, in five folds.

    build/venv/bin/python bench/recipe.py [V1|V2|V3 ...]

Prints a table a network: agreement with the float model and mean KL over all held-back pictures, and in how many of
the folds the KL is below that of the first row of its group. No other picture takes part, and no label.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = ROOT / "build/release/goldcrest"
SHARED = pathlib.Path(os.environ.get("GOLDCREST_SHARED") or ROOT.parent / "shared")
SAMPLES, FOLDS = 100, 5
CIFAR_RECORD = 3073  # label and pixels
NETWORKS = {"V1": ("MobileNet V1 0.25, 224", "keras_mobilenet_v1_025_224.h5", ["--normalize", "tf"]),
            "V2": ("MobileNet V2 1.0, 224", "keras_mobilenet_v2_100_224.h5", ["--normalize", "tf"]),
            "V3": ("MobileNet V3-Small 0.5, 96", "keras_mobilenet_v3_small_050_96.keras",
                   ["--normalize", "none", "--crop", "none", "--resize", "pil-nearest"])}
RANGES = ("min-max", "moving-average", "percentile", "mse", "entropy")
# Groups of recipes; the first of a group is what the others are compared with.
RECIPES = (
    ([], *(["--without", step] for step in ("bias-correction",)), *(["--ranges", method] for method in RANGES),
     ["--effort", "high"]),
    (["--effort", "high"], *(["--effort", "high", "--without", step]
                             for step in ("weight-ranges", "adaptive-rounding", "bias-correction"))),
    (["--per-tensor"], *(["--per-tensor", "--without", step]
                         for step in ("equalization", "absorption", "adaptive-rounding", "bias-correction")),
     ["--per-tensor", "--effort", "high"]),
)


def goldcrest(*arguments):
    return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, check=True).stdout


def samples(network):
    """Each as the bytes that stand for it in a file of samples, and that file's extension."""
    if network == "V3":
        data = (SHARED / "images/cifar10/data_batch_1.bin").read_bytes()
        return [data[i * CIFAR_RECORD:(i + 1) * CIFAR_RECORD] for i in range(SAMPLES)], ".bin"
    images = SHARED / "images"
    return [f"{images / line}\n".encode() for line in (images / "calibration.txt").read_text().split()[:SAMPLES]], ".txt"


def judge_fold(network, fold, folder):
    """By recipe the agreement and the mean KL on this fold."""
    _, model, flags = NETWORKS[network]
    model = SHARED / "models" / model
    all_samples, extension = samples(network)
    held_back, calibration = folder / f"held_back{extension}", folder / f"calibration{extension}"
    held_back.write_bytes(b"".join(s for i, s in enumerate(all_samples) if i % FOLDS == fold))
    calibration.write_bytes(b"".join(s for i, s in enumerate(all_samples) if i % FOLDS != fold))
    written = {}
    for recipe in {tuple(recipe) for group in RECIPES for recipe in group}:
        written[recipe] = folder / f"{len(written)}.tflite"
        goldcrest("quantize", model, "-o", written[recipe], "--to", "int8", "--calibration", calibration, *flags, *recipe)
    lines = goldcrest("evaluate", model, *written.values(), "--data", held_back, "--ignore-labels", "--json",
                      "--threads", os.cpu_count(), *flags).splitlines()[1:]
    return {recipe: (json.loads(line)["agreement"], json.loads(line)["kl"])
            for recipe, line in zip(written, lines, strict=True)}


def print_network(network, folds):
    print(f"\n{NETWORKS[network][0]}\n\n| recipe | agreement % | mean KL | lower in folds |\n|---|---|---|---|")
    for group in RECIPES:
        first = tuple(group[0])
        for recipe in map(tuple, group):
            agreement, divergence = (sum(fold[recipe][i] for fold in folds) / FOLDS for i in range(2))
            lower = f"{sum(fold[recipe][1] < fold[first][1] for fold in folds)} of {FOLDS}"
            if all(fold[recipe] == fold[first] for fold in folds):
                lower = "" if recipe == first else "the same"
            print(f"| {'`' + ' '.join(recipe) + '`' if recipe else 'default'} | {agreement:.0f} | {divergence:.4f} | {lower} |",
                  flush=True)


for name in sys.argv[1:] or NETWORKS:
    with tempfile.TemporaryDirectory() as temporary:
        print_network(name, [judge_fold(name, fold, pathlib.Path(temporary)) for fold in range(FOLDS)])
