"""Changes of pictures beside Pillow's, and hues beside Python's own colorsys.

Pillow cuts fractions off where ours are rounded, so a byte differs by one at most. Where a rotated picture has pixels from
outside, Pillow paints black and ours reflects: those are not compared. Pillow's hues are of 256 levels, so it is
colorsys, which counts in double, that hues are held to.
"""
import colorsys
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
from PIL import Image, ImageEnhance

PROGRAM = sys.argv[1]
ENHANCERS = {"brightness": ImageEnhance.Brightness, "contrast": ImageEnhance.Contrast,
             "saturation": ImageEnhance.Color}


def drawn_picture(width, height, seed):
    """Waves with noise: smooth parts, edges, all colours."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    waves = [127 + 120 * np.sin(x / random.uniform(2, 20) + y / random.uniform(2, 20)) for _ in range(3)]
    noisy = np.stack(waves, -1) + random.normal(0, 12, (height, width, 3))
    return Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8))


def ours(folder, picture, change, number):
    picture.save(folder / "in.png")
    subprocess.run([PROGRAM, change, str(number), folder / "in.png", folder / "out"], check=True)
    return np.fromfile(folder / "out", np.uint8).reshape(picture.height, picture.width, 3).astype(int)


def turned_hue(picture, turn):
    def pixel(rgb):
        h, s, v = colorsys.rgb_to_hsv(*(rgb / 255))
        return colorsys.hsv_to_rgb((h + turn) % 1, s, v)
    return 255 * np.apply_along_axis(pixel, -1, np.asarray(picture).astype(float))


def main(folder):
    compared = 0
    for seed, size in enumerate([(64, 64), (61, 40), (33, 50)]):
        picture = drawn_picture(*size, seed)
        white = Image.new("RGB", size, (255, 255, 255))
        for name, enhancer in ENHANCERS.items():
            for factor in (0, 0.3, 0.8, 1, 1.2, 1.9):
                expected = np.asarray(enhancer(picture).enhance(factor)).astype(int)
                difference = np.abs(ours(folder, picture, name, factor) - expected)
                assert difference.max() <= 1, f"{name} {factor}: differs by {difference.max()}"
                compared += difference.size
        for degrees in (-170, -30, -3.5, 7, 15, 45, 90):
            expected = np.asarray(picture.rotate(degrees, Image.BILINEAR)).astype(int)
            # Where a pixel and its neighbours are from inside.
            inside = np.asarray(white.rotate(degrees, Image.BILINEAR)).min(-1) == 255
            inside[1:-1, 1:-1] &= inside[:-2, 1:-1] & inside[2:, 1:-1] & inside[1:-1, :-2] & inside[1:-1, 2:]
            inside[[0, -1]] = inside[:, [0, -1]] = False
            assert inside.mean() > 0.2, f"only {inside.mean():.2f} of the pixels can be compared"
            difference = np.abs(ours(folder, picture, "rotate", degrees) - expected)[inside]
            assert difference.max() <= 1, f"rotate {degrees}: differs by {difference.max()}"
            compared += difference.size
        for turn in (-0.3, -0.05, 0.02, 0.25, 0.5):
            difference = np.abs(ours(folder, picture, "hue", turn) - turned_hue(picture, turn))
            assert difference.max() <= 0.51, f"hue {turn}: differs by {difference.max()}"
            compared += difference.size
    print(f"{compared} bytes as Pillow and colorsys have them")


with tempfile.TemporaryDirectory() as temporary:
    main(pathlib.Path(temporary))
