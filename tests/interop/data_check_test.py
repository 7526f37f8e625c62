"""What `data check` says of real and of odd pictures, beside what Pillow makes of them."""
import collections
import hashlib
import json
import os
import pathlib
import subprocess
import sys

from PIL import Image, ImageOps

PROGRAM = sys.argv[1]
IMAGES = pathlib.Path(os.environ.get("GOLDCREST_SHARED", pathlib.Path(__file__).parents[3] / "shared")) / "images"
GRAY_MODES = ("1", "L", "LA", "I", "I;16")


def check(folder):
    ran = subprocess.run([PROGRAM, "data", "check", folder, "--json"], capture_output=True, text=True)
    return ran.returncode, json.loads(ran.stdout)


def files(findings):
    return sorted(finding["file"] for finding in findings)


def compare(folder, broken):
    """Pillow's counts of formats and colours, and its pixels that are equal."""
    exit_code, got = check(folder)
    assert files(got["broken"]) == broken, f"broken: {got['broken']}"
    assert exit_code == (1 if broken else 0), exit_code
    counts, pixels, misnamed = collections.Counter(), collections.defaultdict(list), []
    for path in sorted(p for p in folder.rglob("*") if p.suffix in (".jpg", ".png", ".bmp")):
        if str(path) in broken:
            continue
        with Image.open(path) as picture:
            counts[picture.format] += 1
            counts["gray"] += picture.mode in GRAY_MODES
            counts["cmyk"] += picture.mode == "CMYK"
            counts["alpha"] += picture.mode in ("RGBA", "LA") or "transparency" in picture.info
            if picture.format != {".jpg": "JPEG", ".png": "PNG", ".bmp": "BMP"}[path.suffix]:
                misnamed.append(str(path))
            # Stored pixels and the way up, as a copy of the file has them.
            turned = ImageOps.exif_transpose(picture).size, picture.getexif().get(0x112, 1)
            key = hashlib.sha256(picture.convert("RGB").tobytes()).hexdigest(), picture.size, turned
            pixels[key].append(str(path))
    for name in ("gray", "cmyk", "alpha"):
        assert got[name] == counts[name], f"{name}: {got[name]}, Pillow has {counts[name]}"
    assert got["formats"] == {f: counts[f] for f in ("BMP", "JPEG", "PNG") if counts[f]}, got["formats"]
    assert sorted(misnamed) == files(got["misnamed"]), got["misnamed"]
    same = sorted(sorted(names) for names in pixels.values() if len(names) > 1)
    found = sorted(sorted(names) for name in ("mislabelled", "leaked", "duplicates") for names in got[name])
    assert found == same, f"{found} are the same, by Pillow {same}"
    return got["pictures"]


def main():
    if not IMAGES.exists():
        print("Skipped: needs the shared reference data")
        return
    odd = IMAGES / "odd"
    rows = [line.split("\t") for line in (odd / "EXPECT.tsv").read_text().splitlines()[1:]]
    # The large one can be decoded, but for its 2.5 thousand million pixels.
    pictures = compare(odd, sorted(str(odd / row[0]) for row in rows if row[1] == "refuse"))
    pictures += compare(IMAGES / "transfer", [])
    print(f"{pictures} pictures as Pillow has them")


main()
