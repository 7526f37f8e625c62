"""torchvision's MobileNets, exported by both of PyTorch's exporters, against what PyTorch and ONNX Runtime compute.

Weights are random, batch normalizations have the statistics of noise, so that activations are those of a trained network.
"""
import contextlib
import io
import os
import pathlib
import subprocess
import sys
import tempfile
import warnings

import numpy as np
import onnxruntime
import torch
import torchvision

PROGRAM = sys.argv[1]
TOLERANCE = 1e-4  # relative to the largest output
TEMPORARY = tempfile.TemporaryDirectory()
FOLDER = pathlib.Path(TEMPORARY.name)
SIZE = 224
torch.manual_seed(8)
warnings.filterwarnings("ignore")


def goldcrest(*arguments):
    ran = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def network(name):
    model = getattr(torchvision.models, name)(weights=None)
    norms = [m for m in model.modules() if isinstance(m, torch.nn.BatchNorm2d)]
    with torch.no_grad():
        for norm in norms:
            norm.weight.uniform_(0.5, 1.5)
            norm.bias.uniform_(-0.5, 0.5)
            norm.momentum = None  # the average of all batches
        model.train()
        for _ in range(2):
            model(torch.randn(4, 3, SIZE, SIZE))
        for norm in norms:
            norm.momentum = 0.1
    return model.eval()


def run(path, x):
    np.save(FOLDER / "x.npy", np.ascontiguousarray(x.transpose(0, 2, 3, 1)))
    goldcrest("run", path, "--input", FOLDER / "x.npy", "--output", FOLDER / "y.npy")
    return np.load(FOLDER / "y.npy")


def check(what, model, path):
    x = torch.randn(1, 3, SIZE, SIZE)
    with torch.no_grad():
        expected = model(x).numpy()
    x = x.numpy()
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    theirs = session.run(None, {session.get_inputs()[0].name: x})[0]
    converted = FOLDER / "converted.tflite"
    report = goldcrest("convert", path, "-o", converted, "--normalize", "torch")
    operators = goldcrest("inspect", converted)
    assert " transpose " not in operators, operators
    far = []
    for mine in (run(path, x), run(converted, x)):
        for other in (expected, theirs):
            far.append(np.abs(mine - other).max() / np.abs(other).max())
            assert mine.shape == other.shape and far[-1] <= TOLERANCE, (what, far)
    counts = next(line for line in report.splitlines() if line.startswith("operators"))
    print(f"{what}: within {max(far):.1e}; {counts}")


def export(model, path, opset, dynamo, **arguments):
    """Without the exporters' talk."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        torch.onnx.export(model, (torch.randn(1, 3, SIZE, SIZE),), path, opset_version=opset, dynamo=dynamo, **arguments)


def main():
    os.environ["CUDA_VISIBLE_DEVICES"] = ""
    for name in ("mobilenet_v2", "mobilenet_v3_small", "mobilenet_v3_large"):
        model = network(name)
        path = FOLDER / f"{name}.onnx"
        for opset in (11, 13, 16, 20):
            export(model, path, opset, False, input_names=["pictures"], output_names=["classes"],
                   dynamic_axes={"pictures": {0: "batch"}, "classes": {0: "batch"}})
            check(f"{name}, TorchScript, opset {opset}", model, path)
        for opset in (18, 20):
            export(model, path, opset, True)
            check(f"{name}, dynamo, opset {opset}", model, path)
    export(model, path, 18, True, optimize=False)
    check(f"{name}, dynamo, not optimized", model, path)
    export(model, path, 18, True, dynamic_shapes={"x": {0: torch.export.Dim("batch")}}, external_data=False)
    check(f"{name}, dynamo, any batch, in one file", model, path)


main()
