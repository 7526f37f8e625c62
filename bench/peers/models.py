"""The models of bench/peers, with random weights from Keras, in the formats of the engines: models.py MODEL STEP FOLDER makes
one step of one model; `make` all that are missing. Most of the libraries cannot share a process.
"""
import importlib.util
import json
import os
import pathlib
import subprocess
import sys

import numpy as np

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "build/peers"
MODELS = {"v1-1.0-224": ("MobileNet", 224, {}), "v2-1.0-224": ("MobileNetV2", 224, {}),
          "v3-large-224": ("MobileNetV3Large", 224, {"include_preprocessing": False}),
          "v1-0.25-128": ("MobileNet", 128, {"alpha": 0.25})}
CALIBRATION_PICTURES = 20  # enough: times do not depend on ranges


def pictures(count, size, seed):
    """Smooth noise with a little grain, NHWC float32 in [-1, 1]."""
    random = np.random.default_rng(seed)

    def one():
        knots = int(random.integers(3, 12))
        field = random.uniform(-1, 1, (knots, knots, 3))
        at = np.linspace(0, knots - 1, size)
        for axis in (0, 1):
            field = np.apply_along_axis(lambda line: np.interp(at, np.arange(knots), line), axis, field)
        return np.clip(field + random.normal(0, 0.05, field.shape), -1, 1)
    return np.stack([one() for _ in range(count)]).astype(np.float32)


def calibration(model):
    return pictures(CALIBRATION_PICTURES, MODELS[model][1], 7)


def calibration_channels_first(model):
    return [np.ascontiguousarray(x.transpose(2, 0, 1)[None]) for x in calibration(model)]


def random_network(model):
    """Values are as far from zero as in trained networks, so that integers compute nearly the same: batch normalizations know
    the statistics of pictures and give mostly positive numbers, and the logits differ enough for a softmax of integers."""
    import keras
    name, size, settings = MODELS[model]
    keras.utils.set_random_seed(1)
    network = getattr(keras.applications, name)(input_shape=(size, size, 3), weights=None, **settings)
    some = pictures(16, size, 5)
    norms = [layer for layer in network.layers if isinstance(layer, keras.layers.BatchNormalization)]
    for layer in norms:
        layer.momentum = 0.0
        layer.beta.assign(layer.beta + 1.5)
    network(some, training=True)
    head = [layer for layer in network.layers if hasattr(layer, "kernel")][-1]
    logits = np.log(np.maximum(network(some, training=False), 1e-30))
    head.kernel.assign(head.kernel * (3 / logits.std(1).mean()))
    return network


def make_keras(model, folder):
    import tensorflow as tf
    import tf2onnx
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2
    network, size = random_network(model), MODELS[model][1]
    batch = pictures(8, size, 99)
    np.save(folder / "pictures.npy", batch)
    np.save(folder / "probabilities.npy", network.predict(batch[:1], verbose=0)[0])
    for kind in ("f32", "dynamic", "int8"):
        converter = tf.lite.TFLiteConverter.from_keras_model(network)
        if kind != "f32":
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
        if kind == "int8":
            converter.representative_dataset = lambda: ([x[None]] for x in calibration(model))
            converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
            converter.inference_input_type = converter.inference_output_type = tf.int8
        (folder / f"{kind}.tflite").write_bytes(converter.convert())
    function = tf.function(lambda x: network(x, training=False)).get_concrete_function(tf.TensorSpec([None, size, size, 3]))
    frozen = convert_variables_to_constants_v2(function)
    names = [tensor.name for tensor in (*frozen.inputs, *frozen.outputs)]
    proto, _ = tf2onnx.convert.from_graph_def(frozen.graph.as_graph_def(), input_names=names[:1], output_names=names[1:],
                                              inputs_as_nchw=names[:1], opset=17)
    proto.graph.input[0].type.tensor_type.shape.dim[0].dim_param = "N"
    (folder / "keras.onnx").write_bytes(proto.SerializeToString())


def make_onnx(model, folder):
    import onnx
    from onnxruntime.quantization import QuantFormat, QuantType, quantize_static
    from onnxruntime.quantization.shape_inference import quant_pre_process
    # All read this file: it is without the transposes that the conversion from NHWC left.
    quant_pre_process(folder / "keras.onnx", folder / "f32.onnx", skip_symbolic_shape=True)
    name = onnx.load(folder / "f32.onnx").graph.input[0].name

    class Reader:
        rest = iter(calibration_channels_first(model))

        def get_next(self):
            x = next(self.rest, None)
            return None if x is None else {name: x}
    quantize_static(folder / "f32.onnx", folder / "int8.onnx", Reader(), quant_format=QuantFormat.QDQ, per_channel=True,
                    activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8)


def make_openvino(model, folder):
    import nncf
    import openvino
    network = openvino.convert_model(folder / "f32.onnx")
    openvino.save_model(network, folder / "f32.xml", compress_to_fp16=False)
    integers = nncf.quantize(network, nncf.Dataset(calibration_channels_first(model)), subset_size=CALIBRATION_PICTURES,
                             preset=nncf.QuantizationPreset.PERFORMANCE)
    openvino.save_model(integers, folder / "int8.xml", compress_to_fp16=False)


def make_mnn(model, folder):
    import _tools  # MNN's: its scripts would install a package that reports their use
    from PIL import Image
    os.chdir(folder)
    _tools.mnnconvert(["", "-f", "ONNX", "--modelFile", "f32.onnx", "--MNNModel", "f32.mnn", "--bizCode", "x", "--batch", "1"])
    seen = folder / "calibration"
    seen.mkdir(exist_ok=True)
    for i, x in enumerate(calibration(model)):
        Image.fromarray(((x + 1) * 127.5).astype(np.uint8)).save(seen / f"{i}.png")
    size = MODELS[model][1]
    (folder / "mnn.json").write_text(json.dumps({
        "format": "RGB", "mean": [127.5] * 3, "normal": [1 / 127.5] * 3, "width": size, "height": size, "path": f"{seen}/",
        "used_image_num": CALIBRATION_PICTURES, "feature_quantize_method": "EMA", "weight_quantize_method": "MAX_ABS",
        "input_type": "image"}))
    _tools.mnnquant(["", "f32.mnn", "int8.mnn", "mnn.json"])


def make_ncnn(model, folder):
    import ncnn_int8
    program = pathlib.Path(importlib.util.find_spec("pnnx").origin).parent / "pnnx"  # not imported: that wants torch
    size = MODELS[model][1]
    subprocess.run([program, "f32.onnx", f"inputshape=[1,3,{size},{size}]", "fp16=0"], cwd=folder, check=False)
    ncnn_int8.quantize(folder / "f32.ncnn", folder / "int8.ncnn", [x[0] for x in calibration_channels_first(model)])


STEPS = {"keras": make_keras, "onnx": make_onnx, "openvino": make_openvino, "mnn": make_mnn, "ncnn": make_ncnn}


def make(names, folder):
    """The models that are missing; what an engine's converter cannot make is said, and its engine left out."""
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""}
    for model in names:
        (folder / model).mkdir(parents=True, exist_ok=True)
        for step in STEPS:
            done, log = folder / model / f"{step}.done", folder / model / f"{step}.log"
            if done.exists():
                continue
            print(f"making {model}: {step}", file=sys.stderr, flush=True)
            with open(log, "w") as out:
                made = subprocess.run([sys.executable, __file__, model, step, folder], stdout=out, stderr=out, env=environment)
            if made.returncode == 0:
                done.touch()
            else:
                print(f"{model}: {step} failed, see {log}", file=sys.stderr)


if __name__ == "__main__":
    STEPS[sys.argv[2]](sys.argv[1], pathlib.Path(sys.argv[3]).resolve() / sys.argv[1])
