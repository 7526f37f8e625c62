"""What tests of accuracy share: networks, the pictures that calibrate and those that judge, and McNemar's test.

The 400 photographs (of V3: the 200 pictures of test_batch.bin) that judge are in no calibration.
"""
import json
import math
import os
import pathlib
import subprocess
from typing import NamedTuple

SHARED = pathlib.Path(os.environ.get("GOLDCREST_SHARED") or pathlib.Path(__file__).parents[3] / "shared")
CIFAR_RECORD = 3073  # label and pixels
CALIBRATION_SAMPLES = 100


def calibration_photographs():
    images = SHARED / "images"
    paths = [images / line for line in (images / "calibration.txt").read_text().split()]
    assert len(paths) == CALIBRATION_SAMPLES
    return paths


def held_back_photographs():
    """Paths and labels of the others."""
    rest = sorted(set((SHARED / "images/imagenet").iterdir()) - set(calibration_photographs()))
    assert len(rest) == 400
    return [(path, int(path.name[:3])) for path in rest]


class Network(NamedTuple):
    stem: str
    extension: str
    flags: tuple  # how pictures become its input

    @property
    def model(self):
        return SHARED / "models" / (self.stem + self.extension)

    def tensorflows(self, kind):
        return SHARED / "models" / f"{self.stem}.{kind}.tf.tflite"


V1 = Network("keras_mobilenet_v1_025_224", ".h5", ("--normalize", "tf"))
V2 = Network("keras_mobilenet_v2_100_224", ".h5", ("--normalize", "tf"))
V3 = Network("keras_mobilenet_v3_small_050_96", ".keras",
             ("--normalize", "none", "--crop", "none", "--resize", "pil-nearest"))


class Goldcrest:
    """The program, and a folder for what it writes."""

    def __init__(self, program, folder):
        self.program, self.folder = program, folder
        batch = (SHARED / "images/cifar10/data_batch_1.bin").read_bytes()
        (folder / "calibration.bin").write_bytes(batch[:CALIBRATION_SAMPLES * CIFAR_RECORD])
        (folder / "held_back.tsv").write_text("".join(f"{path}\t{label}\n" for path, label in held_back_photographs()))

    def run(self, *arguments):
        ran = subprocess.run([self.program, *map(str, arguments)], capture_output=True, text=True)
        assert ran.returncode == 0, f"{arguments}: {ran.stderr}"
        return ran.stdout

    def calibration(self, network):
        return self.folder / "calibration.bin" if network is V3 else SHARED / "images/calibration.txt"

    def quantize(self, network, kind, *flags):
        name = "_".join(["ours", network.stem, kind, *(flag.strip("-") for flag in flags)])
        written = self.folder / f"{name}.tflite"
        self.run("quantize", network.model, "-o", written, "--to", kind, "--calibration", self.calibration(network),
                       *network.flags, *flags)
        return written

    def evaluate(self, network, models):
        """A Result of each model; the first is that of the float model."""
        data = SHARED / "images/cifar10/test_batch.bin" if network is V3 else self.folder / "held_back.tsv"
        lines = self.run("evaluate", network.model, *models, "--data", data, "--json",
                               "--threads", os.cpu_count(), *network.flags).splitlines()
        results = [Result(json.loads(line), labels(network)) for line in lines]
        for result in results:
            result.agrees = [a == b for a, b in zip(result.answers, results[0].answers, strict=True)]
        return results


def labels(network):
    if network is V3:
        return list((SHARED / "images/cifar10/test_batch.bin").read_bytes()[::CIFAR_RECORD])
    return [label for _, label in held_back_photographs()]


class Result:
    def __init__(self, line, right):
        self.answers, self.divergence = line["answers"], line.get("kl", 0)
        self.right = [a == b for a, b in zip(self.answers, right, strict=True)]
        assert abs(percent(self.right) - line["top1"]) < 1e-9  # the same pictures in the same order

    agrees: list

    def __str__(self):
        return f"top-1 {percent(self.right):.2f} %, agreement {percent(self.agrees):.2f} %, KL {self.divergence:.4f}"


def percent(hits):
    return 100 * sum(hits) / len(hits)


def mcnemar(ours, theirs):
    """How likely luck alone makes a difference such as this: two-sided, by the binomial distribution itself."""
    lost = sum(b and not a for a, b in zip(ours, theirs, strict=True))
    won = sum(a and not b for a, b in zip(ours, theirs, strict=True))
    tail = sum(math.comb(lost + won, k) for k in range(min(lost, won) + 1))
    return min(1.0, 2 * tail / 2**(lost + won))


def not_below(ours, theirs):
    """Whether no difference to our disadvantage is shown."""
    return sum(ours) >= sum(theirs) or mcnemar(ours, theirs) > 0.05


class Claims:
    """What must hold, and by name what is known not to."""

    def __init__(self, known_misses):
        self.known_misses, self.made, self.missed = known_misses, [], []

    def claim(self, what, holds, figures):
        print(f"{'holds' if holds else 'MISSED'}: {what}: {figures}", flush=True)
        self.made.append(what)
        if not holds:
            self.missed.append(what)

    def near_tensorflow(self, name, ours, theirs):
        figures = f"{ours}; TensorFlow's {theirs}; p = {{:.4f}}"
        self.claim(f"{name}: agreement not below TensorFlow's", not_below(ours.agrees, theirs.agrees),
                   figures.format(mcnemar(ours.agrees, theirs.agrees)))
        self.claim(f"{name}: top-1 not below TensorFlow's", not_below(ours.right, theirs.right),
                   figures.format(mcnemar(ours.right, theirs.right)))

    def conclude(self):
        expected = [what for what in self.known_misses if what in self.made]
        assert self.missed == expected, f"missed {self.missed}, known to be missed {expected}"
        print(f"{len(self.made) - len(self.missed)} of {len(self.made)} claims hold")
