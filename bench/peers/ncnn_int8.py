"""Quantizes an ncnn model as ncnn's tools do, which its package does not have: weights with a scale a channel, the input of a
layer with one scale, from its largest magnitude; a layer of which only convolutions read gives them int8.
"""
import struct

import ncnn
import numpy as np

INTEGER_WEIGHTS = 0x000D4B38  # the tag before int8 weights; 0 is before float32
CONVOLUTIONS = ("Convolution", "ConvolutionDepthWise")
WEIGHTED = (*CONVOLUTIONS, "InnerProduct")
SCALES = "8"  # the parameter that says which scales follow the weights; 100 more: one for the output


class Layer:
    def __init__(self, line):
        self.kind, self.name, inputs, outputs, *rest = line.split()
        inputs, outputs = int(inputs), int(outputs)
        self.inputs, self.outputs = rest[:inputs], rest[inputs:inputs + outputs]
        self.parameters = dict(field.split("=", 1) for field in rest[inputs + outputs:])

    def number(self, key):
        return int(self.parameters.get(key, 0))

    def __str__(self):
        return " ".join([self.kind, self.name, str(len(self.inputs)), str(len(self.outputs)), *self.inputs, *self.outputs,
                         *(f"{key}={value}" for key, value in self.parameters.items())])


def largest_inputs(model, layers, pictures):
    """By the name of a value that a layer with weights reads, its largest magnitude."""
    net = ncnn.Net()
    net.opt.lightmode = False
    assert net.load_param(f"{model}.param") == 0 and net.load_model(f"{model}.bin") == 0
    (picture_name,) = next(layer.outputs for layer in layers if layer.kind == "Input")
    largest = {layer.inputs[0]: 1e-6 for layer in layers if layer.kind in WEIGHTED}
    for picture in pictures:
        extractor = net.create_extractor()
        extractor.input(picture_name, ncnn.Mat(picture).clone())
        for name in largest:
            value = picture if name == picture_name else np.array(extractor.extract(name)[1])
            largest[name] = max(largest[name], float(np.abs(value).max()))
    return largest


def quantize(model, to, pictures):
    header, counts, *lines = open(f"{model}.param").read().splitlines()
    layers = [Layer(line) for line in lines if line.split()]
    largest = largest_inputs(model, layers, pictures)

    def readers(name):
        direct = [layer for layer in layers if name in layer.inputs]
        splits = [output for layer in direct if layer.kind == "Split" for output in layer.outputs]
        return [layer for layer in direct if layer.kind != "Split"] + [one for name in splits for one in readers(name)]

    with open(f"{model}.bin", "rb") as floats, open(f"{to}.bin", "wb") as out:
        for layer in layers:
            if layer.kind == "MemoryData":
                out.write(floats.read(4 * int(np.prod([layer.number(key) or 1 for key in ("0", "1", "11", "2")]))))
            if layer.kind not in WEIGHTED:
                continue
            dense = layer.kind == "InnerProduct"
            channels, size = layer.number("0"), layer.number("2" if dense else "6")
            assert floats.read(4) == b"\0\0\0\0", f"{layer.name} has no float32 weights"
            weights = np.frombuffer(floats.read(4 * size), "<f4").reshape(channels, -1)
            bias = floats.read(4 * channels) if layer.number("1" if dense else "5") else b""
            scales = 127 / np.maximum(np.abs(weights).max(1), 1e-9)
            integers = np.round(weights * scales[:, None]).astype(np.int8).tobytes()
            out.write(struct.pack("<I", INTEGER_WEIGHTS) + integers + bytes(-len(integers) % 4) + bias)
            out.write(scales.astype("<f4").tobytes() + struct.pack("<f", 127 / largest[layer.inputs[0]]))
            which = 1 if layer.kind == "ConvolutionDepthWise" else 2
            following = readers(layer.outputs[0])
            if not dense and following and all(one.kind in CONVOLUTIONS for one in following):
                out.write(struct.pack("<f", 127 / max(largest[one.inputs[0]] for one in following)))
                which += 100
            layer.parameters[SCALES] = str(which)
        assert not floats.read(), "a layer's weights were not understood"
    with open(f"{to}.param", "w") as out:
        print(header, counts, *layers, sep="\n", file=out)
