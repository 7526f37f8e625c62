"""Times JPEG files becoming inputs (decode, resize, normalise) beside tf.data, OpenCV and Pillow, in turns, on one thread.

    tools/venv --full && build/venv-keras/bin/pip install opencv-python-headless pillow
    build/venv-keras/bin/python bench/decode.py [ROUNDS [FOLDER]]

FOLDER holds JPEGs; without it a hundred photographs of GOLDCREST_SHARED/images/imagenet are cut to 4:3, brought to 500 x 375
and written with quality 90, 4:2:0. The whole picture becomes SIDE x SIDE, x / 127.5 - 1. Prints pictures a second of processor
time (ours with start and opening of the model), the best and the median of the rounds, and by how many levels a fast mode's inputs differ from the exact mode of the same program, on average.

Exact modes: ours, tf.io.decode_jpeg + tf.image.resize (bilinear), cv2.imdecode + cv2.resize (bilinear), Pillow's resize (bilinear,
which antialiases: so does our pil-bilinear). Fast modes: ours (--decode fast); TensorFlow's INTEGER_FAST without fancy upscaling;
OpenCV's IMREAD_REDUCED_COLOR_2; Pillow's draft.
"""
import glob
import json
import os
import pathlib
import platform
import resource
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = ROOT / "build/release/goldcrest"
ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 7
SIDES = [224, 128]
PEERS = ["tf.data", "tf.data fast", "OpenCV", "OpenCV reduced", "Pillow", "Pillow draft"]

PEER = """
import glob, os, sys, time
import numpy as np
name, folder, side = sys.argv[1], sys.argv[2], int(sys.argv[3])
files = sorted(glob.glob(folder + "/*.jpg"))
if name.startswith("tf.data"):
    import tensorflow as tf
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    def inputs(fast):
        flags = {"dct_method": "INTEGER_FAST", "fancy_upscaling": False} if fast else {}
        def read(path):
            return tf.image.resize(tf.io.decode_jpeg(tf.io.read_file(path), 3, **flags), (side, side)) / 127.5 - 1
        data = tf.data.Dataset.from_tensor_slices(files).map(read)
        options = tf.data.Options()
        options.threading.private_threadpool_size = 1
        options.threading.max_intra_op_parallelism = 1
        return data.with_options(options)
elif name.startswith("OpenCV"):
    import cv2
    cv2.setNumThreads(1)
    def inputs(fast):
        for path in files:
            x = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_REDUCED_COLOR_2 if fast else cv2.IMREAD_COLOR)
            x = cv2.cvtColor(cv2.resize(x, (side, side), interpolation=cv2.INTER_LINEAR), cv2.COLOR_BGR2RGB).astype(np.float32)
            x *= 1 / 127.5
            x -= 1
            yield x
else:
    from PIL import Image
    def inputs(fast):
        for path in files:
            picture = Image.open(path)
            if fast:
                picture.draft("RGB", (side, side))
            x = np.asarray(picture.convert("RGB").resize((side, side), Image.BILINEAR), np.float32)
            yield x / 127.5 - 1
fast = " " in name
levels = np.mean([np.abs(np.asarray(a) - np.asarray(b)).mean() * 127.5 for a, b in zip(inputs(fast), inputs(False))]) if fast else 0
for _ in inputs(fast):
    pass
print("ready", levels, flush=True)
for _ in sys.stdin:
    count, start = 0, time.process_time()
    while time.process_time() - start < 1:
        for _ in inputs(fast):
            count += 1
    print(count / (time.process_time() - start), flush=True)
"""


class Peer:
    def __init__(self, name, folder, side):
        self.name = name
        environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "1"}
        self.process = subprocess.Popen([sys.executable, "-c", PEER, name, folder, str(side)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment)
        ready = self.process.stdout.readline().split()
        self.there = ready[:1] == ["ready"]
        self.levels = float(ready[1]) if self.there else 0

    def measure(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Ours:
    def __init__(self, folder, pictures, side, resize, decode):
        self.name = f"goldcrest {resize} {decode}"
        self.command = [PROGRAM, "benchmark", make_model(folder, side, resize), "--pictures", pictures, "--min-secs", "1", "--decode",
                        decode, "--json"]
        self.levels = None

    def measure(self):
        before = processor_time()
        ran = json.loads(subprocess.run(self.command, capture_output=True, text=True, check=True).stdout)
        # The first round is not counted by the program.
        return (ran["rounds"] + 1) * ran["pictures"] / (processor_time() - before)

    def close(self):
        pass


def processor_time():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def make_model(folder, side, resize):
    plain, model = f"{folder}/{side}.keras", f"{folder}/{side}_{resize}.tflite"
    subprocess.run([PROGRAM, "convert", "--architecture", "mobilenet_v1", "--alpha", "0.25", "--size", str(side), "--weights",
                    "random", "-o", plain], check=True, capture_output=True)
    subprocess.run([PROGRAM, "convert", plain, "--crop", "none", "--resize", resize, "-o", model], check=True, capture_output=True)
    return model


def make_pictures(folder):
    from PIL import Image
    sources = sorted(glob.glob(os.environ["GOLDCREST_SHARED"] + "/images/imagenet/*.jpg"))
    for i, path in enumerate(sources[:100]):
        picture = Image.open(path).convert("RGB")
        width = min(picture.width, picture.height * 4 // 3)
        height = width * 3 // 4
        left, top = (picture.width - width) // 2, (picture.height - height) // 2
        picture = picture.crop((left, top, left + width, top + height)).resize((500, 375), Image.LANCZOS)
        picture.save(f"{folder}/{i:03}.jpg", quality=90)


def main():
    cpu = next(line for line in open("/proc/cpuinfo") if line.startswith("model name")).split(":")[1].strip()
    print(f"{cpu}, {platform.platform()}, {ROUNDS} rounds, one thread\n")
    print("| side | contestant | best, median pictures a second of processor | levels from its exact mode |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        pictures = sys.argv[2] if len(sys.argv) > 2 else f"{folder}/pictures"
        if len(sys.argv) <= 2:
            os.mkdir(pictures)
            make_pictures(pictures)
        for side in SIDES:
            contestants = [Peer(name, pictures, side) for name in PEERS]
            contestants = [peer for peer in contestants if peer.there]
            contestants += [Ours(folder, pictures, side, resize, decode)
                            for resize in ("tf2-bilinear", "pil-bilinear") for decode in ("exact", "fast")]
            measured = {}
            for _ in range(ROUNDS):
                for contestant in contestants:
                    measured.setdefault(contestant.name, []).append(contestant.measure())
            for contestant in contestants:
                contestant.close()
                rounds = measured[contestant.name]
                levels = f"{contestant.levels:.2f}" if contestant.levels else ""
                print(f"| {side} | {contestant.name} | {max(rounds):.0f}, {statistics.median(rounds):.0f} | {levels} |", flush=True)


if __name__ == "__main__":
    main()
