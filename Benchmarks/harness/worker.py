"""The process that one peer lives in: reads a request a line, answers a line of JSON.

    python3 -m harness.worker ENGINE MODEL-AS-JSON THREADS TOKENIZER-FOLDER
"""
import json
import os
import statistics
import sys
import time

# As `weft bench` warms up.
WARM_UP_RUNS, WARM_UP_SECONDS = 3, 0.1


def serve(peer, answer):
    """Answers requests until the input ends."""
    bound = {}

    def run_for(path):
        import numpy
        if path not in bound:
            with numpy.load(path) as arrays:
                bound[path] = peer.bind({name: arrays[name].copy() for name in arrays})
        return bound[path]

    def load(request):
        start = time.perf_counter()
        peer.load(request.get("batch"), request.get("tokens"))
        return {"load_ms": (time.perf_counter() - start) * 1e3}

    def hidden(request):
        import numpy
        numpy.save(request["output"], peer.hidden(run_for(request["feed"])()))
        return {}

    def measure(request):
        run = run_for(request["feed"])
        begin, warm_ups = time.perf_counter(), 0
        while warm_ups < WARM_UP_RUNS or time.perf_counter() - begin < WARM_UP_SECONDS:
            run()
            warm_ups += 1
        times = []
        for _ in range(request["runs"]):
            start = time.perf_counter()
            run()
            times.append((time.perf_counter() - start) * 1e3)
        return {"median_ms": statistics.median(times), "min_ms": min(times)}

    def embed(request):
        from harness.embedding import work
        return work(peer, request["texts"], request["batch"], request.get("output"))

    kinds = {"load": load, "hidden": hidden, "time": measure, "embed": embed}
    for line in sys.stdin:
        request = json.loads(line)
        try:
            result = kinds[request["do"]](request)
        except Exception as error:  # The other engines go on: what failed is told.
            result = {"error": f"{type(error).__name__}: {error}"}
        answer.write(json.dumps(result) + "\n")
        answer.flush()


def main():
    # What libraries print must not get among the answers.
    answer = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    from engines import named
    from harness.models import Model
    name, model, threads, tokenizer_folder = sys.argv[1:]
    serve(named(name)(Model(**json.loads(model)), int(threads), tokenizer_folder), answer)


if __name__ == "__main__":
    main()
