/// GGUF files of models that llama.cpp knows: names and rows of tensors, configuration and tokenizer as its
/// converter writes them.
extension GGUFFormat: WritableWeightFormat {
  public func write(_ model: ExportedModel, to sink: WeightSink) throws(FormatError) {
    let export = try GGUFExport(model, path: sink.url.path)
    var metadata = export.metadata
    metadata["general.quantization_version"] = .uint32(2)
    if let tokenizer = model.tokenizer {
      let words = export.weights.first { $0.name == "token_embd.weight" }?.weight.dims.first
      do {
        try GGUFTokenizer.add(
          tokenizer, configuration: model.tokenizerConfig, config: model.config, size: words ?? 0,
          to: &metadata)
      } catch {
        throw .unwritable(path: sink.url.path, format: name, reason: "\(error)")
      }
    }
    try GGUFWriter.write(export.weights, metadata: metadata, to: sink)
  }
}
