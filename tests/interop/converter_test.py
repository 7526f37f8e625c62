"""The kinds of which the reference data has no file, beside what TensorFlow's converter makes of the same pictures."""
import pathlib
import sys
import tempfile

from accuracy import V1, V2, V3, Claims, Goldcrest
from converter import ONE_SCALE, calibration, tensorflows

KINDS = {V1: (ONE_SCALE,), V2: ("float16", "dynamic", "int16x8", ONE_SCALE), V3: ("float16", "dynamic", ONE_SCALE)}
OURS = {ONE_SCALE: (("int8", "--per-tensor"), ("uint8",))}


def check(goldcrest, network, claims):
    samples = calibration(network)
    names, ours, theirs = [], [], []
    for i, kind in enumerate(KINDS[network]):
        their = goldcrest.folder / f"theirs_{network.stem}_{i}.tflite"
        tensorflows(network, kind, samples, their)
        for flags in OURS.get(kind, ((kind,),)):
            names.append(f"{network.stem} {' '.join(flags)}")
            ours.append(goldcrest.quantize(network, *flags))
            theirs.append(their)
    results = goldcrest.evaluate(network, ours + theirs)[1:]
    for i, name in enumerate(names):
        claims.near_tensorflow(name, results[i], results[len(names) + i])


with tempfile.TemporaryDirectory() as folder:
    everything = Claims(())
    for each in KINDS:
        check(Goldcrest(sys.argv[1], pathlib.Path(folder)), each, everything)
    everything.conclude()
