"""LiteRT runs the files that we write, and agrees.

On the real MobileNet where the reference data is there, and on random small Keras models, whose .h5
files are written here with h5py: strides, paddings, dilations, multipliers, activations, heads.
"""
import collections
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import h5py
import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType

PROGRAM = sys.argv[1]
SHARED = pathlib.Path(os.environ.get("GOLDCREST_SHARED") or pathlib.Path(__file__).parents[3] / "shared")
RANDOM_MODELS = 150 if os.environ.get("GOLDCREST_FULL") else 30
TOLERANCE = 1e-5


def goldcrest(*arguments):
    ran = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def ours(model, x, folder):
    np.save(folder / "x.npy", x)
    goldcrest("run", model, "--input", folder / "x.npy", "--output", folder / "y.npy")
    return np.load(folder / "y.npy")


def litert(model, x, resolver=OpResolverType.AUTO):
    interpreter = Interpreter(str(model), experimental_op_resolver_type=resolver)
    runner = interpreter.get_signature_runner("serving_default")
    (name,) = runner.get_input_details()
    (output,) = runner.get_output_details()
    return runner(**{name: x})[output]


class ModelMaker:
    """A random chain of layers, described as Keras 3 describes them."""

    def __init__(self, seed):
        self.random = np.random.default_rng(seed)
        self.layers, self.weights = [], {}
        self.size = int(self.random.integers(12, 24))
        self.channels = int(self.random.integers(1, 5))
        self.add("InputLayer", {"batch_shape": [None, self.size, self.size, self.channels], "dtype": "float32"})
        if self.random.random() < 0.5:
            self.random.choice([self.rescale, self.normalize])()
        for _ in range(int(self.random.integers(2, 9))):
            self.random.choice([self.conv, self.depthwise, self.norm, self.relu, self.pad, self.rescale, self.scale,
                                self.shift, self.hard_swish, self.residual])()
        self.random.choice([self.convolutional_head, self.dense_head, self.flat_head, self.pooled_head])()

    def tensor(self, name=None):
        history = [name or self.layers[-1]["name"], 0, 0]
        return {"class_name": "__keras_tensor__", "config": {"shape": [], "keras_history": history}}

    def add(self, class_name, config, arguments=None, **weights):
        """Appends a layer that is called on the last one, or on other arguments; returns its name."""
        name = f"layer_{len(self.layers)}"
        inbound = []
        if self.layers:
            inbound = [{"args": arguments or [self.tensor()], "kwargs": {}}]
        self.layers.append({"class_name": class_name, "name": name, "config": {"name": name, **config},
                            "inbound_nodes": inbound})
        if weights:
            self.weights[name] = weights
        return name

    def numbers(self, *odd):
        """One number, or one a channel; some of them odd."""
        one = self.random.random() < 0.4
        drawn = self.random.uniform(0.5, 1.5, 1 if one else self.channels) * self.random.choice([-1, 1])
        drawn = [float(self.random.choice(odd)) if self.random.random() < 0.1 else float(n) for n in drawn]
        return drawn[0] if one else drawn

    def operate(self, class_name, numbers):
        arguments = [self.tensor(), numbers]
        if self.random.random() < 0.3:
            arguments.reverse()
        self.add(class_name, {}, arguments)

    def scale(self):
        self.operate("Multiply", self.numbers(0, 1))

    def shift(self):
        self.operate("Add", self.numbers(0))

    def rescale(self):
        self.add("Rescaling", {"scale": self.numbers(1), "offset": self.numbers(0)})

    def normalize(self):
        variance = self.normal(self.channels) ** 2 + 0.1
        self.add("Normalization", {"axis": [-1], "invert": False, "mean": self.normal(self.channels).tolist(),
                                   "variance": variance.tolist()})

    def hard_swish(self):
        """As older models spell it: x times relu6(x + 3), times a sixth somewhere."""
        x = self.layers[-1]["name"]
        self.add("Add", {}, [self.tensor(), 3.0])
        gate = self.add("ReLU", {"max_value": 6.0})
        sixth = 1 / 6
        if self.random.random() < 0.5:
            gate = self.add("Multiply", {}, [self.tensor(gate), sixth])
            self.add("Multiply", {}, [[self.tensor(x), self.tensor(gate)]])
        else:
            self.add("Multiply", {}, [[self.tensor(gate), self.tensor(x)]])
            self.add("Multiply", {}, [self.tensor(), sixth])

    def residual(self):
        before = self.layers[-1]["name"]
        for _ in range(2):
            self.random.choice([self.norm, self.relu, self.scale, self.pointwise])()
        self.add("Add", {}, [[self.tensor(before), self.tensor()]])
        self.random.choice([self.norm, self.relu])()

    def pointwise(self):
        self.add("Conv2D", {"filters": self.channels, "kernel_size": [1, 1], "strides": [1, 1],
                            "dilation_rate": [1, 1], "padding": "same", "activation": "linear", "use_bias": False},
                 kernel=self.normal(1, 1, self.channels, self.channels))

    def normal(self, *shape, spread=0.5):
        return self.random.normal(0, spread, shape).astype(np.float32)

    def window(self):
        kernel = [int(k) for k in self.random.integers(1, 4, 2)]
        stride, dilation = int(self.random.integers(1, 3)), 1
        if stride == 1 and self.random.random() < 0.3:
            dilation = 2
        padding = str(self.random.choice(["same", "valid"]))
        reach = max(kernel) * dilation
        if padding == "valid" and self.size <= reach + stride:
            padding = "same"
        config = {"kernel_size": kernel, "strides": [stride, stride], "dilation_rate": [dilation, dilation],
                  "padding": padding, "activation": str(self.random.choice(["linear", "relu", "relu6"])),
                  "use_bias": bool(self.random.random() < 0.5)}
        self.size = -(-self.size // stride) if padding == "same" else (self.size - reach) // stride + 1
        return kernel, config

    def bias(self, config, count):
        return {"bias": self.normal(count)} if config["use_bias"] else {}

    def conv(self):
        kernel, config = self.window()
        filters = int(self.random.integers(1, 9))
        self.add("Conv2D", {"filters": filters, **config},
                 kernel=self.normal(*kernel, self.channels, filters), **self.bias(config, filters))
        self.channels = filters

    def depthwise(self):
        kernel, config = self.window()
        multiplier = int(self.random.integers(1, 3))
        self.add("DepthwiseConv2D", {"depth_multiplier": multiplier, **config},
                 kernel=self.normal(*kernel, self.channels, multiplier),
                 **self.bias(config, self.channels * multiplier))
        self.channels *= multiplier

    def norm(self):
        parts = {"moving_mean": self.normal(self.channels), "gamma": self.normal(self.channels) + 1,
                 "moving_variance": self.normal(self.channels) ** 2 + 0.1, "beta": self.normal(self.channels)}
        scale, center = (bool(b) for b in self.random.random(2) < 0.8)
        if not scale:
            del parts["gamma"]
        if not center:
            del parts["beta"]
        self.add("BatchNormalization", {"axis": -1, "epsilon": 1e-3, "scale": scale, "center": center}, **parts)

    def relu(self):
        self.add("ReLU", {"max_value": [None, 6.0][self.random.integers(2)]})

    def pad(self):
        top, bottom, left, right = (int(n) for n in self.random.integers(0, 3, 4))
        self.add("ZeroPadding2D", {"padding": [[top, bottom], [left, right]]})
        self.size += min(top + bottom, left + right)

    def convolutional_head(self):
        self.add("GlobalAveragePooling2D", {"keepdims": True})
        self.add("Dropout", {"rate": 0.1})
        self.add("Conv2D", {"filters": 7, "kernel_size": [1, 1], "strides": [1, 1], "dilation_rate": [1, 1],
                            "padding": "same", "activation": "linear", "use_bias": True},
                 kernel=self.normal(1, 1, self.channels, 7), bias=self.normal(7))
        self.add("Reshape", {"target_shape": [7]})
        self.add("Activation", {"activation": "softmax"})

    def dense_head(self):
        self.add("GlobalAveragePooling2D", {"keepdims": False})
        self.add("Dense", {"units": 5, "activation": str(self.random.choice(["softmax", "relu", "linear"])),
                           "use_bias": True}, kernel=self.normal(self.channels, 5), bias=self.normal(5))

    def flat_head(self):
        self.add("GlobalAveragePooling2D", {"keepdims": True})
        self.random.choice([self.norm, self.scale, self.relu])()
        self.add("Flatten", {})
        self.add("Dense", {"units": 4, "activation": "linear", "use_bias": False}, kernel=self.normal(self.channels, 4))
        self.random.choice([self.norm_of_four, self.relu])()

    def norm_of_four(self):
        self.channels = 4
        self.norm()

    def pooled_head(self):
        size, padding = int(self.random.integers(1, 4)), str(self.random.choice(["same", "valid"]))
        self.add("AveragePooling2D", {"pool_size": [size, size], "strides": [2, 1], "padding": padding})
        self.dense_head()

    def write(self, path):
        config = {"name": "random", "layers": self.layers, "input_layers": [self.layers[0]["name"], 0, 0],
                  "output_layers": [self.layers[-1]["name"], 0, 0]}
        with h5py.File(path, "w") as file:
            file.attrs["model_config"] = json.dumps({"class_name": "Functional", "config": config})
            for layer, weights in self.weights.items():
                group = file.create_group(f"model_weights/{layer}")
                group.attrs["weight_names"] = [f"{layer}/{name}" for name in weights]
                for name, array in weights.items():
                    group[f"{layer}/{name}"] = array
            file.require_group("model_weights")


def check(what, a, b):
    difference = float(np.abs(a - b).max() / max(1, np.abs(b).max()))
    assert difference <= TOLERANCE, f"{what} differs by {difference}"
    return difference


def random_models(folder):
    worst = 0
    changes = collections.Counter()
    for seed in range(RANDOM_MODELS):
        maker = ModelMaker(seed)
        maker.write(folder / "random.h5")
        shape = maker.layers[0]["config"]["batch_shape"][1:]
        x = np.random.default_rng(seed).normal(0, 1, [2, *shape]).astype(np.float32)
        imported = ours(folder / "random.h5", x, folder)
        passes = ["--disable-pass", str(maker.random.choice(
            ["fold_batch_norm", "fold_scale", "fuse_hard_swish", "fuse_padding", "fuse_activation"]))]
        for flags in ([], passes):
            report = json.loads(goldcrest("convert", folder / "random.h5", "-o", folder / "random.tflite", "--json", *flags))
            changes.update({row["name"]: row["changes"] for row in report["passes"]})
            written = ours(folder / "random.tflite", x, folder)
            worst = max(worst, check(f"seed {seed}: the written file from the imported", written, imported))
            peer = litert(folder / "random.tflite", x, OpResolverType.BUILTIN_REF)
            worst = max(worst, check(f"seed {seed} {flags}: LiteRT", written, peer))
    idle = [name for name, count in changes.items() if count == 0]
    assert set(idle) <= {"fold_constants", "remove_identity"}, f"no model had work for {idle}"
    print(f"{RANDOM_MODELS} random models: worst difference {worst:.2g}; places changed: {dict(changes)}")


def mobilenet(folder):
    goldcrest("convert", SHARED / "models/keras_mobilenet_v1_025_224.h5", "-o", folder / "v1.tflite",
              "--labels", SHARED / "models/imagenet_labels.txt")
    x = np.load(SHARED / "golden/inputs_224.npz")["u8"].astype(np.float32) / np.float32(127.5) - np.float32(1)
    written = ours(folder / "v1.tflite", x, folder)
    for resolver in (OpResolverType.AUTO, OpResolverType.BUILTIN_REF):
        check(f"LiteRT ({resolver.name}) on MobileNet", written, litert(folder / "v1.tflite", x, resolver))
    check("Keras on MobileNet", written, np.load(SHARED / "golden/keras_mobilenet_v1_025_224.keras.npz")["softmax"])
    interpreter = Interpreter(str(folder / "v1.tflite"))
    assert interpreter.get_signature_list() == {
        "serving_default": {"inputs": ["input_layer"], "outputs": ["predictions"]}}
    print("MobileNet V1 0.25: LiteRT agrees on 20 pictures")
    other_sizes(folder / "v1.tflite", x, folder)


def other_sizes(model, x, folder):
    interpreter = Interpreter(str(model))
    sizes = ([1, 160, 160, 3], [3, 128, 192, 3], [1, 97, 33, 3])
    for batch, height, width, _ in sizes:
        smaller = np.ascontiguousarray(x[:batch, :height, :width])
        interpreter.resize_tensor_input(interpreter.get_input_details()[0]["index"], smaller.shape)
        interpreter.allocate_tensors()
        interpreter.set_tensor(interpreter.get_input_details()[0]["index"], smaller)
        interpreter.invoke()
        peer = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])
        np.save(folder / "x.npy", smaller)
        goldcrest("run", model, "--input_shapes", f"{batch},{height},{width},3", "--input", folder / "x.npy",
                  "--output", folder / "y.npy")
        check(f"LiteRT on {smaller.shape}", np.load(folder / "y.npy"), peer)
    print(f"{len(sizes)} other input shapes: LiteRT agrees")


with tempfile.TemporaryDirectory() as name:
    random_models(pathlib.Path(name))
    if (SHARED / "models").exists():
        mobilenet(pathlib.Path(name))
    else:
        print("Skipped\nneeds the shared reference data; set GOLDCREST_SHARED to its folder")
