"""PyTorch: as a user of transformers runs it, and after torch.compile."""
from engines.peer import Peer


class Eager(Peer):
    name = "torch"

    def load(self, batch, tokens):
        import torch
        from transformers import BertModel
        torch.set_num_threads(self.threads)
        torch.set_num_interop_threads(1)
        self.module = BertModel.from_pretrained(
            self.model.folder, add_pooling_layer=self.model.pooled, attn_implementation="sdpa",
            dtype=torch.float32).eval()

    def bind(self, feed):
        import torch
        tensors = {name: torch.from_numpy(array) for name, array in feed.items()}
        module = self.module

        def run():
            with torch.inference_mode():
                return module(**tensors)

        return run

    def hidden(self, result):
        return result.last_hidden_state.numpy()


class Compiled(Eager):
    name = "torch.compile"
    fixed_extents_only = True

    def load(self, batch, tokens):
        import torch
        import torch._inductor.config
        super().load(batch, tokens)
        # Weights become constants, so that they can be packed ahead.
        torch._inductor.config.freezing = True
        self.module = torch.compile(self.module, dynamic=not batch)
