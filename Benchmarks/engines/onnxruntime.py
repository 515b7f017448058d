"""ONNX Runtime: as it comes, after its own fusions for BERT, and with int8 weights."""
import os

from engines.peer import Peer
from harness.onnx_file import onnx_file


class Plain(Peer):
    name = "onnxruntime"

    def path(self):
        return onnx_file(self.model)

    def load(self, batch, tokens):
        import onnxruntime
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self.threads
        options.inter_op_num_threads = 1
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        options.log_severity_level = 3
        if batch:
            options.add_free_dimension_override_by_name("batch", batch)
            options.add_free_dimension_override_by_name("tokens", tokens)
        self.session = onnxruntime.InferenceSession(
            str(self.path()), options, providers=["CPUExecutionProvider"])

    def bind(self, feed):
        binding = self.session.io_binding()
        for spec in self.session.get_inputs():
            binding.bind_cpu_input(spec.name, feed[spec.name].astype(
                "int32" if "int32" in spec.type else "int64"))
        for spec in self.session.get_outputs():
            binding.bind_output(spec.name, "cpu")

        def run():
            self.session.run_with_iobinding(binding)
            return binding

        return run

    def hidden(self, result):
        return result.get_outputs()[0].numpy()


class Fused(Plain):
    name = "onnxruntime, BERT fusions"

    def path(self):
        source = super().path()
        return derived(source, "fused.onnx", self.fuse)

    def fuse(self, source, path):
        from onnxruntime.transformers import optimizer
        config = self.model.config
        optimizer.optimize_model(
            str(source), model_type="bert", num_heads=config["num_attention_heads"],
            hidden_size=config["hidden_size"], opt_level=1).save_model_to_file(str(path))


class Quantized(Plain):
    name = "onnxruntime int8, dynamic"
    precision = "int8"

    def path(self):
        return derived(super().path(), "int8.onnx", quantize)


class FusedQuantized(Fused):
    name = "onnxruntime int8, dynamic, BERT fusions"
    precision = "int8"

    def path(self):
        return derived(super().path(), "int8.onnx", quantize)


def quantize(source, path):
    """s8 weights by output channel, activations quantised while it runs."""
    from onnx import TensorProto
    from onnxruntime.quantization import QuantType, quantize_dynamic
    # The types of what its own fused ops give aren't known to ONNX: f32, all of them.
    quantize_dynamic(str(source), str(path), weight_type=QuantType.QInt8, per_channel=True,
                     extra_options={"DefaultTensorType": TensorProto.FLOAT})


def derived(source, suffix, make):
    """A file made from `source` once, beside it."""
    path = source.with_name(f"{source.stem}-{suffix}")
    if not path.exists():
        partial = path.with_name(f"{os.getpid()}-{path.name}")
        make(source, partial)
        partial.rename(path)
    return path
