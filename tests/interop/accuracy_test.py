"""What quantization costs, beside the files of TensorFlow's converter, on pictures that no calibration saw.

McNemar's test is worked out here once more, from the answers picture by picture. GOLDCREST_FULL takes all kinds and
networks, else what seconds allow.
"""
import os
import pathlib
import resource
import sys
import tempfile

from accuracy import SHARED, V1, V2, V3, Claims, Goldcrest, mcnemar, percent

FULL = os.environ.get("GOLDCREST_FULL")
# docs/quantize.md names them.
KNOWN_MISSES = ("V2 int8 --per-tensor: top-1 within 0.5 points of float",)


def check_mcnemar():
    def rows(lost, won, both):
        return [False] * lost + [True] * won + [True] * both, [True] * lost + [False] * won + [True] * both

    # Binomial tails by hand: 2 · (1 + 10) / 2^10, and 2 · 1 / 2^5.
    assert abs(mcnemar(*rows(1, 9, 5)) - 22 / 1024) < 1e-15
    assert abs(mcnemar(*rows(5, 0, 0)) - 2 / 32) < 1e-15
    assert mcnemar(*rows(4, 4, 3)) == 1 and mcnemar(*rows(0, 0, 3)) == 1


def above(claims, name, ours, theirs, points):
    claims.claim(f"{name}: agreement {points} points above TensorFlow's",
                 percent(ours.agrees) >= percent(theirs.agrees) + points, f"{ours}; TensorFlow's {theirs}")


def high_effort(claims, name, ours, theirs, least):
    if least:
        claims.claim(f"{name} int8 --effort high: agreement {least} %", percent(ours.agrees) >= least, ours)
    claims.claim(f"{name} int8 --effort high: at most half of TensorFlow's KL",
                 ours.divergence <= theirs.divergence / 2, f"{ours}; TensorFlow's {theirs}")


def within(claims, name, ours, whole, points):
    claims.claim(f"{name}: top-1 within {points} points of float", percent(ours.right) >= percent(whole.right) - points,
                 f"{ours}; float {percent(whole.right):.2f} %")


def check_v1(goldcrest, claims):
    _, int8, high, dynamic, float16, *theirs = goldcrest.evaluate(V1, [
        goldcrest.quantize(V1, "int8"), goldcrest.quantize(V1, "int8", "--effort", "high"), goldcrest.quantize(V1, "dynamic"),
        goldcrest.quantize(V1, "float16"), *map(V1.tensorflows, ("int8", "dynamic", "float16"))])
    above(claims, "V1 int8", int8, theirs[0], 3)
    for name, ours, their in (("int8", int8, theirs[0]), ("dynamic", dynamic, theirs[1]), ("float16", float16, theirs[2])):
        claims.near_tensorflow(f"V1 {name}", ours, their)
    high_effort(claims, "V1", high, theirs[0], 87)


def check_v1_further(goldcrest, claims):
    whole, int16x8, uint8, one_scale, theirs = goldcrest.evaluate(V1, [
        goldcrest.quantize(V1, "int16x8"), goldcrest.quantize(V1, "uint8"), goldcrest.quantize(V1, "int8", "--per-tensor"),
        V1.tensorflows("int16x8")])
    above(claims, "V1 int16x8", int16x8, theirs, 3)
    claims.near_tensorflow("V1 int16x8", int16x8, theirs)
    within(claims, "V1 int8 --per-tensor", one_scale, whole, 8)
    within(claims, "V1 uint8", uint8, whole, 8)


def check_v2(goldcrest, claims):
    whole, int8, high, one_scale, uint8, theirs = goldcrest.evaluate(V2, [
        goldcrest.quantize(V2, "int8"), goldcrest.quantize(V2, "int8", "--effort", "high"),
        goldcrest.quantize(V2, "int8", "--per-tensor"), goldcrest.quantize(V2, "uint8"), V2.tensorflows("int8")])
    claims.near_tensorflow("V2 int8", int8, theirs)
    high_effort(claims, "V2", high, theirs, 97)
    within(claims, "V2 int8 --per-tensor", one_scale, whole, 0.5)
    within(claims, "V2 uint8", uint8, whole, 0.5)


def check_v3(goldcrest, claims):
    _, int8, high, theirs = goldcrest.evaluate(V3, [goldcrest.quantize(V3, "int8"), goldcrest.quantize(V3, "int8", "--effort", "high"),
                                                V3.tensorflows("int8")])
    claims.near_tensorflow("V3 int8", int8, theirs)
    high_effort(claims, "V3", high, theirs, None)


def check_memory(claims):
    """Of whatever has been run so far; every kind but int16x8 of V2, the largest, is among it."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    claims.claim("memory: under 1 GiB", used < 1 << 30, f"{used / 1e6:.0f} MB")


def main(program):
    check_mcnemar()
    if not (SHARED / "models").exists():
        print("Skipped\nneeds the shared reference data; set GOLDCREST_SHARED to its folder")
        return
    claims = Claims(KNOWN_MISSES)
    with tempfile.TemporaryDirectory() as folder:
        goldcrest = Goldcrest(program, pathlib.Path(folder))
        check_v1(goldcrest, claims)
        check_v3(goldcrest, claims)
        if FULL:
            check_v1_further(goldcrest, claims)
            check_v2(goldcrest, claims)
            check_memory(claims)
    claims.conclude()


main(sys.argv[1])
