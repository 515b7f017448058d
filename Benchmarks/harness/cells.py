"""All cells: what is measured, by name."""
from dataclasses import dataclass

from harness import cold, embedding, encoder_cell, models

# Runs a turn, so that a turn takes a fraction of a second.
SIZES = [(1, 16, 100), (1, 128, 25), (8, 128, 5), (1, 512, 6)]
GROWTH_TOKENS = [(1, 16, 60), (1, 32, 50), (1, 64, 30), (1, 128, 15), (1, 256, 8), (1, 512, 4)]
GROWTH_BATCHES = [(1, 128, 15), (2, 128, 8), (4, 128, 4), (8, 128, 3), (16, 128, 2)]
GROWTH_LAYERS = [(1, 40), (2, 30), (4, 20), (6, 15), (12, 8), (24, 4), (48, 2)]
GROWTH_ENGINES = ["weft", "onnxruntime", "openvino", "torch"]


@dataclass(frozen=True)
class Cell:
    """One thing that is measured; `group` says where its result is shown."""
    name: str
    group: str
    measure: object


def encoder(name, group, model, precision, batch, tokens, runs, only=None, rounds=None):
    def measure(options):
        return encoder_cell.measure(model(), precision, batch, tokens,
                                    options.narrowed(only, runs, rounds))
    return Cell(name, group, measure)


def all_cells(folder):
    """Every cell, in the order of the report; `folder`: of MiniLM, None for what is fetched."""
    def minilm():
        return models.minilm(folder)

    cells = [encoder(f"minilm-f32-{b}x{t}", "f32", minilm, "f32", b, t, runs)
             for b, t, runs in SIZES]
    cells += [encoder(f"bert-f32-{b}x{t}", "f32", models.bert_base, "f32", b, t, runs)
              for b, t, runs in [(1, 128, 5), (8, 128, 1)]]
    cells += [encoder(f"minilm-int8-{b}x{t}", "int8", minilm, "int8", b, t, runs)
              for b, t, runs in SIZES]
    cells.append(Cell("embed", "embed", lambda options: embedding.measure(
        minilm(), options.narrowed(None, None, 3))))
    cells.append(Cell("cold", "cold", lambda options: cold.measure(minilm(), options)))
    for b, t, runs in GROWTH_TOKENS:
        cells.append(encoder(f"tokens-{t}", "tokens", minilm, "f32", b, t, runs, GROWTH_ENGINES, 3))
    for b, t, runs in GROWTH_BATCHES:
        cells.append(encoder(f"batch-{b}", "batch", minilm, "f32", b, t, runs, GROWTH_ENGINES, 3))
    for layers, runs in GROWTH_LAYERS:
        cells.append(encoder(f"layers-{layers}", "layers",
                             lambda layers=layers: models.minilm_of(layers), "f32", 1, 128, runs,
                             GROWTH_ENGINES, 3))
    return cells
