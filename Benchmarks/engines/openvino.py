"""OpenVINO: in f32, and in int8 with static scales that NNCF finds on real sentences."""
from engines.peer import Peer
from harness.onnx_file import onnx_file
from harness.texts import mixed_texts, tokenizer


class Float(Peer):
    name = "openvino"

    def read(self):
        import openvino
        return openvino.Core().read_model(str(onnx_file(self.model)))

    def settings(self):
        # Without the hint it may compute in bf16 where the processor has it.
        return {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": self.threads,
                "NUM_STREAMS": "1", "INFERENCE_PRECISION_HINT": "f32"}

    def load(self, batch, tokens):
        import openvino
        model = self.read()
        if batch:
            model.reshape({name: [batch, tokens] for name in self.model.input_names})
        self.compiled = openvino.Core().compile_model(model, "CPU", self.settings())

    def bind(self, feed):
        import openvino
        request = self.compiled.create_infer_request()
        for name in self.model.input_names:
            request.set_tensor(name, openvino.Tensor(feed[name]))

        def run():
            request.infer()
            return request

        return run

    def hidden(self, result):
        return result.get_tensor("last_hidden_state").data


    def run_all(self, feeds):
        # One request for all: making one costs more than a small run.
        request = self.compiled.create_infer_request()
        for feed in feeds:
            request.infer(feed, share_inputs=True)
            yield self.hidden(request)


class Streams(Float):
    """A stream for each thread, as its THROUGHPUT hint would have it: for many batches at once."""
    name = "openvino, a stream a thread"
    many_batches_only = True

    def settings(self):
        return {**super().settings(), "PERFORMANCE_HINT": "THROUGHPUT",
                "NUM_STREAMS": str(self.threads)}

    def run_all(self, feeds):
        import openvino
        feeds = list(feeds)
        results = [None] * len(feeds)

        def finish(request, place):
            results[place] = self.hidden(request).copy()

        queue = openvino.AsyncInferQueue(self.compiled, self.threads)
        queue.set_callback(finish)
        for place, feed in enumerate(feeds):
            queue.start_async(feed, place, share_inputs=True)
        queue.wait_all()
        return results


class Quantized(Float):
    name = "openvino int8, NNCF static"
    precision = "int8"
    samples = 300

    def read(self):
        import openvino
        path = onnx_file(self.model).with_name("nncf-int8.xml")
        if not path.exists():
            openvino.save_model(self.quantize(), str(path), compress_to_fp16=False)
        return openvino.Core().read_model(str(path))

    def quantize(self):
        import nncf
        import numpy
        encodings = tokenizer(self.tokenizer_folder, 512).encode_batch(
            mixed_texts(self.samples, seed=11))

        def feed(encoding):
            rows = {"input_ids": encoding.ids, "attention_mask": encoding.attention_mask,
                    "token_type_ids": encoding.type_ids}
            return {name: numpy.array([rows[name]], dtype="int64")
                    for name in self.model.input_names}

        return nncf.quantize(
            super().read(), nncf.Dataset(encodings, feed), model_type=nncf.ModelType.TRANSFORMER,
            subset_size=self.samples)
