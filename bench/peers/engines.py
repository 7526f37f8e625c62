"""One engine with one model, as a worker: engines.py ENGINE FILE PRECISION THREADS PICTURES BATCH.

Prints a line of JSON when the model is loaded, with the class probabilities of the first picture, and for each line that it
is given, which is a number of seconds, one more with the shortest and the median time of a run and all of them, in ms.
"""
import ctypes
import json
import os
import pathlib
import statistics
import sys
import time

import numpy as np

LIBRARY = pathlib.Path(__file__).resolve().parents[2] / "build/release/libgoldcrest.so"

# A function an engine: of a file, a precision, a number of threads and pictures (NHWC float32 in [-1, 1]) it makes a function
# that runs the model on all of them, which lie in the engine's memory, and one that tells the probabilities of the first.


def quantized(pictures, dtype, scale, zero_point):
    limits = np.iinfo(dtype)
    return np.clip(np.round(pictures / scale) + zero_point, limits.min, limits.max).astype(dtype)


def dequantized(elements, scale, zero_point):
    return (elements.astype(np.float32) - zero_point) * np.float32(scale)


def goldcrest(path, precision, threads, pictures):
    library = ctypes.CDLL(str(LIBRARY))
    handle, size, text = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_char_p

    class Error(ctypes.Structure):
        _fields_ = [("code", ctypes.c_int), ("message", ctypes.c_char * 1020)]

    def function(name, result, *arguments):
        found = getattr(library, f"goldcrest_{name}")
        found.restype, found.argtypes = result, arguments
        return found

    def call(name, *arguments):
        types = [text if isinstance(a, bytes) else handle for a in arguments]
        error = Error()
        if function(name, ctypes.c_int, *types, handle)(*arguments, ctypes.addressof(error)):
            raise RuntimeError(error.message.decode())

    def tensor(which):
        tensor = function(f"session_{which}", handle, handle, size)(session, 0)
        scale = function("tensor_scale", ctypes.c_float, handle)(tensor)
        zero_point = function("tensor_zero_point", ctypes.c_int64, handle)(tensor)
        dtype = {0: np.float32, 2: np.int8, 3: np.uint8}[function("tensor_dtype", ctypes.c_int, handle)(tensor)]
        data = function("tensor_data", handle, handle)(tensor)
        count = function("tensor_size_bytes", size, handle)(tensor)
        return np.frombuffer((ctypes.c_char * count).from_address(data), np.uint8).view(dtype), scale, zero_point

    options = function("options_create", handle)()
    shape = ",".join(map(str, pictures.shape))
    settings = {"threads": threads, "input-shapes": shape} | ({"precision": precision} if precision == "bf16" else {})
    for name, value in settings.items():
        call("options_set", options, name.encode(), str(value).encode())
    session = handle()
    call("session_open", str(path).encode(), options, ctypes.addressof(session))
    to, scale, zero_point = tensor("input")
    to[:] = (quantized(pictures, to.dtype, scale, zero_point) if scale else pictures).ravel()
    run = function("session_run", ctypes.c_int, handle, handle)

    def answer():
        elements, scale, zero_point = tensor("output")
        first = elements[:len(elements) // len(pictures)]
        return dequantized(first, scale, zero_point) if scale else first
    return lambda: run(session, None), answer


def litert(path, precision, threads, pictures):
    from ai_edge_litert.interpreter import Interpreter
    interpreter = Interpreter(str(path), num_threads=threads)
    (before,), (after,) = interpreter.get_input_details(), interpreter.get_output_details()
    interpreter.resize_tensor_input(before["index"], pictures.shape)
    interpreter.allocate_tensors()
    interpreter.set_tensor(before["index"], pictures if before["dtype"] == np.float32 else
                           quantized(pictures, before["dtype"], *before["quantization"]))

    def answer():
        first = interpreter.get_tensor(after["index"])[0]
        return first if first.dtype == np.float32 else dequantized(first, *after["quantization"])
    return interpreter.invoke, answer


def onnxruntime(path, precision, threads, pictures):
    import onnxruntime as ort
    options = ort.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads, options.log_severity_level = threads, 1, 3
    session = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    binding = session.io_binding()
    binding.bind_ortvalue_input(session.get_inputs()[0].name, ort.OrtValue.ortvalue_from_numpy(channels_first(pictures)))
    binding.bind_output(session.get_outputs()[0].name, "cpu")
    return lambda: session.run_with_iobinding(binding), lambda: binding.copy_outputs_to_cpu()[0][0]


def openvino(path, precision, threads, pictures):
    import openvino as ov
    from openvino._pyopenvino import InferRequest  # without the wrapper, whose run takes microseconds more
    core = ov.Core()
    model = core.read_model(path)
    to = model.inputs[0]
    if path.suffix != ".tflite":
        pictures = channels_first(pictures)
    model.reshape({to: list(pictures.shape)})
    wanted = "bf16" if precision == "bf16" else "f32"  # where the CPU has bf16, that is the default for float models
    compiled = core.compile_model(model, "CPU", {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": threads,
                                                 "INFERENCE_PRECISION_HINT": wanted})
    if wanted == "bf16" and "AVX512_BF16" not in cpu_flags() and "AMX_BF16" not in cpu_flags():
        raise RuntimeError("this CPU does not compute in bf16")
    request = compiled.create_infer_request()
    kept = ov.Tensor(pictures)
    request.set_input_tensor(kept)
    run = lambda: InferRequest.infer(request, {}, share_outputs=True, decode_strings=False)
    return run, lambda: np.array(request.get_output_tensor().data[0], np.float32)


def ncnn(path, precision, threads, pictures):
    import ncnn
    net = ncnn.Net()
    net.opt.num_threads = threads
    for load, suffix in ((net.load_param, ".param"), (net.load_model, ".bin")):
        if load(str(path) + suffix):
            raise RuntimeError("does not load")
    picture = channels_first(pictures)[0]
    to = ncnn.Mat(picture).clone()  # a Mat does not keep the array that it is made of
    kept = []

    def run():
        extractor = net.create_extractor()
        extractor.set_light_mode(True)
        extractor.input("in0", to)
        kept[:] = extractor, extractor.extract("out0")[1]  # lives as long as its extractor
    return run, lambda: np.array(kept[1]).ravel()


def mnn(path, precision, threads, pictures):
    import MNN
    net = MNN.Interpreter(str(path))
    session = net.createSession({"backend": "CPU", "numThread": threads, "precision": "high" if precision == "f32" else "normal"})
    picture = channels_first(pictures)
    kept = MNN.Tensor(picture.shape, MNN.Halide_Type_Float, picture, MNN.Tensor_DimensionType_Caffe)
    write = lambda: net.getSessionInput(session).copyFrom(kept)
    write()

    def answer():
        write()  # a run uses the memory of its input for other values
        net.runSession(session)
        output = net.getSessionOutput(session)
        shape = output.getShape()
        host = MNN.Tensor(shape, MNN.Halide_Type_Float, np.zeros(shape, np.float32), MNN.Tensor_DimensionType_Caffe)
        output.copyToHostTensor(host)
        return np.array(host.getData()).ravel()
    return lambda: net.runSession(session), answer


def channels_first(pictures):
    return np.ascontiguousarray(pictures.transpose(0, 3, 1, 2))


def cpu_flags():
    return next(line for line in open("/proc/cpuinfo") if line.startswith("flags")).upper().split()


def measure(run, seconds):
    for _ in range(2):  # the caches were another's
        run()
    times, end = [], time.perf_counter() + seconds
    while len(times) < 5 or time.perf_counter() < end:
        start = time.perf_counter()
        run()
        times.append((time.perf_counter() - start) * 1e3)
    return {"min": min(times), "median": statistics.median(times), "all": [round(t, 4) for t in times]}


def main():
    engine, path, precision, threads, pictures, batch = sys.argv[1:]
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print

    def say(value):
        print(json.dumps(value), file=out, flush=True)
    try:
        run, answer = globals()[engine](pathlib.Path(path), precision, int(threads), np.load(pictures)[:int(batch)])
        run()
        say({"answer": np.asarray(answer(), np.float64).tolist()})
        for line in sys.stdin:
            say(measure(run, float(line)))
    except Exception as error:
        say({"error": f"{type(error).__name__}: {error}".split("\n")[0][:200]})
    out.flush()
    os._exit(0)  # some engines crash when they are taken apart


main()
