"""What an engine from PyPI has to be able to do inside its own process."""


class Peer:
    """One way to run one engine. Packages are imported when it is made, not before."""
    name = ""
    precision = "f32"

    def __init__(self, model, threads, tokenizer_folder):
        self.model, self.threads, self.tokenizer_folder = model, threads, tokenizer_folder

    def load(self, batch, tokens):
        """Makes the engine ready; for fixed extents, or for any where they are None."""
        raise NotImplementedError

    def bind(self, feed):
        """A function that runs once on `feed` (int64 arrays by name) and gives what `hidden` reads.

        What a caller does once for many runs, such as handing over buffers, is done here.
        """
        raise NotImplementedError

    def run_all(self, feeds):
        """The last hidden states of many feeds of any extents, one after the other."""
        for feed in feeds:
            yield self.hidden(self.bind(feed)())

    def hidden(self, result):
        """The last hidden state [batch, tokens, width] as a NumPy array."""
        raise NotImplementedError
