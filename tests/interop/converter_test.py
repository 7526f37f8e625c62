"""The kinds of which the reference data has no file, beside what TensorFlow's converter makes of the same pictures."""
import os
import pathlib
import sys
import tempfile

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
from accuracy import CALIBRATION_SAMPLES, CIFAR_RECORD, SHARED, V1, V2, V3, Claims, Goldcrest, calibration_photographs
import keras as keras3
import numpy as np
import tensorflow as tf
import tf_keras as keras2
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

# TensorFlow has one scale a layer too, of int8; its first converter, which wrote uint8, is no more.
ONE_SCALE = "int8, one scale"
KINDS = {V1: (ONE_SCALE,), V2: ("float16", "dynamic", "int16x8", ONE_SCALE), V3: ("float16", "dynamic", ONE_SCALE)}
OURS = {ONE_SCALE: (("int8", "--per-tensor"), ("uint8",))}


def photograph(path):
    pixels = tf.io.decode_jpeg(tf.io.read_file(str(path)), dct_method="INTEGER_ACCURATE").numpy().astype(np.float32)
    side = int(0.875 * min(pixels.shape[:2]))
    assert side == 224
    y, x = ((size - side) // 2 for size in pixels.shape[:2])
    return pixels[y:y + side, x:x + side] / np.float32(127.5) - np.float32(1)


def calibration(network):
    if network is not V3:
        return [photograph(path)[None] for path in calibration_photographs()]
    batch = np.fromfile(SHARED / "images/cifar10/data_batch_1.bin", np.uint8).reshape(-1, CIFAR_RECORD)
    pixels = batch[:CALIBRATION_SAMPLES, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1).repeat(3, 1).repeat(3, 2)
    return [x[None].astype(np.float32) for x in pixels]


def converter(network):
    keras = keras2 if network is V2 else keras3  # as they were written
    model = keras.models.load_model(network.model, compile=False)
    shape = (1, *model.inputs[0].shape[1:])
    call = tf.function(lambda x: model(x, training=False)).get_concrete_function(tf.TensorSpec(shape, tf.float32))
    return tf.lite.TFLiteConverter.from_concrete_functions([convert_variables_to_constants_v2(call)])


def tensorflows(network, kind, samples, written):
    made = converter(network)
    made.optimizations = [tf.lite.Optimize.DEFAULT]
    if kind == "float16":
        made.target_spec.supported_types = [tf.float16]
    elif kind != "dynamic":
        made.representative_dataset = lambda: ([x] for x in samples)
        sets = tf.lite.OpsSet
        made.target_spec.supported_ops = [sets.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8
                                          if kind == "int16x8" else sets.TFLITE_BUILTINS_INT8]
        if kind == ONE_SCALE:
            made._experimental_disable_per_channel = True  # the only way to it
            made.inference_input_type = made.inference_output_type = tf.int8
    written.write_bytes(made.convert())
    return written


def check(goldcrest, network, claims):
    samples = calibration(network)
    names, ours, theirs = [], [], []
    for i, kind in enumerate(KINDS[network]):
        their = tensorflows(network, kind, samples, goldcrest.folder / f"theirs_{network.stem}_{i}.tflite")
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
