"""TensorFlow's converter on the reference networks, with the calibration pictures as the reference data prepares them."""
import os
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
from accuracy import CALIBRATION_SAMPLES, CIFAR_RECORD, SHARED, V2, V3, calibration_photographs
import keras as keras3
import numpy as np
import tensorflow as tf
import tf_keras as keras2
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

# TensorFlow has one scale a layer too, of int8; its first converter, which wrote uint8, is no more.
ONE_SCALE = "int8, one scale"


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
    """Writes the file; how many seconds that took, and of them on processors, without reading the model."""
    made = converter(network)
    start = time.perf_counter(), time.process_time()
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
    return time.perf_counter() - start[0], time.process_time() - start[1]
