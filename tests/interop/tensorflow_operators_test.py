"""Small models that TensorFlow makes and converts, in float32 and in integers: LiteRT's bytes are ours.

What vision models have beside MobileNets: resizes in all corner modes, transposed convolutions, slices, splits, packs,
blocks, dilations, PReLU, arg max, heads of segmentation, pose and detection.
"""
import os
import pathlib
import subprocess
import sys
import tempfile

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter, OpResolverType

PROGRAM = sys.argv[1]
ARITHMETICS = {"xnnpack": OpResolverType.AUTO, "reference": OpResolverType.BUILTIN_REF,
               "builtin": OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES}
random = np.random.default_rng(1)


def weights(*shape):
    return tf.constant(random.normal(0, 0.5, shape).astype(np.float32))


def conv(x, channels, kernel=3, stride=1, dilation=1):
    y = tf.nn.conv2d(x, weights(kernel, kernel, x.shape[-1], channels), stride, "SAME", dilations=dilation)
    return tf.nn.relu6(y + weights(channels))


def depthwise(x, dilation):
    y = tf.nn.depthwise_conv2d(x, weights(3, 3, x.shape[-1], 1), [1, 1, 1, 1], "SAME", dilations=[dilation, dilation])
    return tf.nn.relu(y + weights(x.shape[-1]))


def deeplab(x):
    """Dilated blocks, pooling of the whole picture, a resize, arg max."""
    y = depthwise(conv(x, 16, stride=2), 2)
    pooled = tf.image.resize(conv(tf.reduce_mean(y, [1, 2], keepdims=True), 8, 1), y.shape[1:3])
    y = conv(tf.concat([conv(y, 8, 1), pooled], -1), 5, 1)
    return tf.argmax(tf.image.resize(y, x.shape[1:3]), -1, tf.int32)


def legacy_resize(method, align, half):
    def model(x):
        y = conv(x, 8, stride=2)
        op = tf.raw_ops.ResizeBilinear if method == "bilinear" else tf.raw_ops.ResizeNearestNeighbor
        return op(images=y, size=[21, 34], align_corners=align, half_pixel_centers=half)
    return model


def decoder(x):
    """An U-Net's way up: transposed convolutions of several strides and paddings."""
    y = conv(x, 12, stride=4)
    for size, stride, padding in ((2, 2, "VALID"), (3, 2, "SAME"), (4, 2, "SAME")):
        shape = [1, y.shape[1] * 2, y.shape[2] * 2, 8]
        y = tf.nn.relu(tf.nn.conv2d_transpose(y, weights(size, size, 8, y.shape[-1]), shape, stride, padding) + weights(8))
    return y


def pose(x):
    heat = tf.sigmoid(conv(x, 17, 1, stride=1))
    flat = tf.reshape(tf.nn.max_pool2d(heat, 3, 2, "SAME"), [1, -1, 17])
    return tf.argmax(flat, 1, tf.int32), tf.reduce_max(flat, 1)


def pieces(x):
    a, b, c = tf.split(conv(x, 12), [2, 4, 6], -1)
    d, e = tf.split(c, 2, -1)
    y = tf.concat([b[:, ::2, 1:-1:3, :], tf.nn.max_pool2d(d, 1, 1, "SAME")[:, ::2, 1:-1:3, :]], -1)
    rows = tf.unstack(tf.squeeze(y[:, :4], 0), axis=0)
    packed = tf.stack([rows[3], rows[1]], 1)
    return packed, tf.transpose(e, [0, 3, 1, 2]), a[:, ::-1]


def blocks(x):
    y = tf.nn.depth_to_space(tf.nn.space_to_depth(conv(x, 4), 2), 2)
    return tf.batch_to_space(tf.space_to_batch(y, [2, 2], [[0, 0], [2, 2]]), [2, 2], [[0, 0], [1, 1]])


def activations(x):
    y = conv(x, 8)
    y = tf.maximum(y, 0.25 * y) - tf.nn.leaky_relu(y - 1, 0.1)
    slope = weights(1, 1, 8)
    y = tf.nn.relu(y) + -slope * tf.nn.relu(-y)  # becomes PRELU
    return tf.nn.l2_normalize(tf.reduce_mean(y, [1, 2]), -1)


def residual(x):
    y = conv(x, 8)
    return tf.nn.softmax(tf.reduce_mean(tf.nn.elu(tf.nn.avg_pool2d(tf.minimum(y, conv(y, 8)), 2, 2, "VALID")), [1, 2]))


def detector(x):
    y = conv(conv(x, 8, stride=4), 16, stride=4)
    count = y.shape[1] * y.shape[2] * 2
    boxes = tf.reshape(conv(y, 8, 1), [1, count, 4])
    scores = tf.sigmoid(tf.reshape(conv(y, 8, 1) - 3.0, [1, count, 4]))
    anchors = tf.constant(random.uniform(0.2, 0.8, (count, 4)).astype(np.float32))

    options = ('name: "TFLite_Detection_PostProcess" attr { key: "max_detections" value { i: 10 } } '
               'attr { key: "max_classes_per_detection" value { i: 1 } } attr { key: "detections_per_class" value { i: 100 } } '
               'attr { key: "use_regular_nms" value { b: false } } attr { key: "nms_score_threshold" value { f: 0.0 } } '
               'attr { key: "nms_iou_threshold" value { f: 0.6 } } attr { key: "num_classes" value { i: 3 } } '
               'attr { key: "y_scale" value { f: 10.0 } } attr { key: "x_scale" value { f: 10.0 } } '
               'attr { key: "h_scale" value { f: 5.0 } } attr { key: "w_scale" value { f: 5.0 } }')

    @tf.function(experimental_implements=options)
    def post_process(boxes, scores, anchors):
        return tf.zeros([1, 10, 4]), tf.zeros([1, 10]), tf.zeros([1, 10]), tf.zeros([1])

    return post_process(boxes, scores, anchors)


MODELS = {"deeplab": deeplab, "decoder": decoder, "pose": pose, "pieces": pieces, "blocks": blocks,
          "activations": activations, "residual": residual, "detector": detector,
          "bilinear": legacy_resize("bilinear", False, False), "bilinear_corners": legacy_resize("bilinear", True, False),
          "bilinear_centers": legacy_resize("bilinear", False, True), "nearest": legacy_resize("nearest", False, False),
          "nearest_corners": legacy_resize("nearest", True, False), "nearest_centers": legacy_resize("nearest", False, True)}


def convert(function, kind):
    size = [1, 16, 24, 3]
    concrete = tf.function(function).get_concrete_function(tf.TensorSpec(size, tf.float32))
    converter = tf.lite.TFLiteConverter.from_concrete_functions([concrete])
    converter.allow_custom_ops = True
    if kind != "float32":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = lambda: ([random.uniform(-1, 1, size).astype(np.float32)] for _ in range(20))
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        if kind == "int8io":
            converter.inference_input_type = tf.int8
    return converter.convert()


def check(name, kind, folder):
    model = folder / f"{name}_{kind}.tflite"
    model.write_bytes(convert(MODELS[name], kind))
    wrong = []
    asked = 0
    for arithmetic, resolver in ARITHMETICS.items():
        try:
            interpreter = Interpreter(str(model), experimental_op_resolver_type=resolver, num_threads=1)
        except ValueError as error:  # a set of kernels that lacks one
            print(f"{name} {kind}: not asked of LiteRT's {arithmetic} kernels: {str(error).split(' An older')[0]}")
            continue
        asked += 1
        interpreter.allocate_tensors()
        (details,) = interpreter.get_input_details()
        if details["dtype"] == np.float32:
            x = random.uniform(-1, 1, details["shape"]).astype(np.float32)
        else:
            x = random.integers(-128, 128, details["shape"], details["dtype"])
        interpreter.set_tensor(details["index"], x)
        interpreter.invoke()
        expected = [interpreter.get_tensor(output["index"]) for output in interpreter.get_output_details()]
        np.save(folder / "x.npy", x)
        outputs = [folder / f"y{i}.npy" for i in range(len(expected))]
        ran = subprocess.run([PROGRAM, "run", str(model), "--arithmetic", arithmetic, "--input", str(folder / "x.npy"),
                              *[part for output in outputs for part in ("--output", str(output))]],
                             capture_output=True, text=True)
        if ran.returncode != 0:
            return [f"{name} {kind}: {ran.stderr.strip()}"]
        for i, (output, want) in enumerate(zip(outputs, expected, strict=True)):
            got = np.load(output)
            same = got.shape == want.shape and (
                np.allclose(got, want, rtol=1e-5, atol=1e-5) if got.dtype == np.float32 else np.array_equal(got, want))
            if not same:
                wrong.append(f"{name} {kind} {arithmetic}, output {i} {got.dtype}{got.shape}: {np.sum(got != want)} of "
                             f"{got.size} differ, by at most {np.max(np.abs(got.astype(np.float64) - want))}")
    return wrong if asked else [f"{name} {kind}: LiteRT has no kernels for it"]


def main(folder):
    wrong = []
    for name in MODELS:
        for kind in ("float32", "int8", "int8io"):
            wrong += check(name, kind, folder)
    assert not wrong, "\n".join(wrong)
    print(f"{len(MODELS)} models in 3 kinds under {len(ARITHMETICS)} arithmetics: as LiteRT computes them")


with tempfile.TemporaryDirectory() as name:
    main(pathlib.Path(name))
