"""The engines that are compared: one file for each peer, one line for each way to run it."""
from engines import onnxruntime, openvino, torch, weft

# In the order of the tables; the first of each precision is what the others are compared with.
ENGINES = [
    weft.Weft,
    onnxruntime.Plain,
    onnxruntime.Fused,
    openvino.Float,
    openvino.Streams,
    torch.Eager,
    torch.Compiled,
    weft.Quantized,
    onnxruntime.Quantized,
    onnxruntime.FusedQuantized,
    openvino.Quantized,
]


def named(name):
    """The engine of that name."""
    return next(engine for engine in ENGINES if engine.name == name)


def of_precision(precision, many_batches=False):
    """All engines of a precision: those for one batch of fixed extents, or for many batches."""
    unfit = "fixed_extents_only" if many_batches else "many_batches_only"
    return [engine for engine in ENGINES
            if engine.precision == precision and not getattr(engine, unfit, False)]
