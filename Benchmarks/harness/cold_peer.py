"""The shortest program that embeds one sentence with a peer: what a cold start is made of.

    python3 -m harness.cold_peer ENGINE MODEL-AS-JSON THREADS TOKENIZER-FOLDER
"""
import json
import sys


def main():
    import numpy
    from tokenizers import Tokenizer

    from engines import named
    from harness.cold import SENTENCE
    from harness.models import Model
    name, model, threads, folder = sys.argv[1:]
    peer = named(name)(Model(**json.loads(model)), int(threads), folder)
    peer.load(None, None)
    tokenizer = Tokenizer.from_file(folder + "/tokenizer.json")
    tokenizer.no_padding()
    ids = numpy.array([tokenizer.encode(SENTENCE).ids], dtype="int64")
    feed = {"input_ids": ids, "attention_mask": numpy.ones_like(ids)}
    hidden = next(iter(peer.run_all([feed])))
    mean = hidden[0].mean(axis=0)
    print(*(mean / numpy.linalg.norm(mean))[:6], flush=True)


if __name__ == "__main__":
    main()
