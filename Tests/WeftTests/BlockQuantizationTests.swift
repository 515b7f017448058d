import Foundation
import Testing

@testable import Weft

/// Models whose weights are stored in blocks, as files and as folders.
@Suite struct `Quantizing to blocks` {
  private func temporary() throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appending(path: "weft-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }

  private func load(_ url: URL) throws -> Model {
    let package = try ModelPackage(at: url)
    return try Model(
      ModelSource(file: package.graph, configuration: package.weights?.configuration),
      weights: package.weights)
  }

  /// Llama's GGUF file in f32, quantized.
  private func quantized(_ scheme: QuantizationScheme) throws -> (QuantizedModel, ModelSource) {
    let url = `GGUF models`.file("llama.f32")
    let package = try ModelPackage(at: url)
    let source = ModelSource(file: package.graph, configuration: url)
    let model = try Model(source, weights: package.weights)
    return (try ModelQuantizer(model, scheme: scheme).quantize(), source)
  }

  @Test func `a GGUF file gives the gguf package's bytes`() throws {
    let folder = try temporary()
    defer { try? FileManager.default.removeItem(at: folder) }
    let url = folder.appending(path: "x.gguf")
    try quantized(.q8_0).0.write(gguf: url)
    let found = try GGUFReader(contentsOf: url)
    let expected = try GGUFReader(contentsOf: `GGUF models`.file("llama.q8_0"))
    #expect(found.entries.map(\.name) == expected.entries.map(\.name))
    for entry in expected.entries {
      let (a, b) = (try found.weight(named: entry.name), try expected.weight(named: entry.name))
      #expect(a.typeDescription == b.typeDescription)
      if let a = a.blocks, let b = b.blocks {
        #expect(memcmp(a.pointer, b.pointer, a.byteCount) == 0, "\(entry.name)")
      }
    }
    #expect(throws: QuantizationError.exists(url.path)) {
      try quantized(.q8_0).0.write(gguf: url)
    }
  }

  @Test(arguments: [QuantizationScheme.q8_0, .q5_1, .q4_k])
  func `a folder stands alone and computes what the quantized model did`(
    _ scheme: QuantizationScheme
  ) throws {
    let folder = try temporary()
    defer { try? FileManager.default.removeItem(at: folder) }
    let (model, source) = try quantized(scheme)
    let target = folder.appending(path: "out")
    try model.write(to: target, of: source)
    let inputs = try Reference.named("llama").inputs()
    let expected = try model.model.entry().run(inputs)
    let found = try load(target).entry().run(inputs)
    #expect(bytes(found) == bytes(expected))
    // Once more, over what it wrote.
    try model.write(to: target, of: source, replacing: true)
  }

  @Test func `rows that aren't whole blocks of 256 are stored in the format that stands in`() throws
  {
    let checkpointed = try quantized(.q4_k).0
    let folder = try temporary()
    defer { try? FileManager.default.removeItem(at: folder) }
    let url = folder.appending(path: "x.gguf")
    try checkpointed.write(gguf: url)
    let file = try GGUFReader(contentsOf: url)
    #expect(file.entry(named: "blk.0.attn_q.weight")?.type.name == "Q5_0")
    #expect(file.entry(named: "blk.0.ffn_down.weight")?.type.name == "F16")
    #expect(file.entry(named: "blk.0.attn_norm.weight")?.type.name == "F32")
  }

  @Test func `a GGUF file is made of a GGUF file only`() throws {
    let reference = try Reference.named("llama")
    let model = try ModelQuantizer(reference.model(), scheme: .q8_0).quantize()
    let url = FileManager.default.temporaryDirectory.appending(path: "weft-none.gguf")
    #expect(throws: QuantizationError.notFromGGUF(url.path)) { try model.write(gguf: url) }
  }

  @Test(arguments: ["llama", "gpt2"])
  func `an imported folder is the model`(_ name: String) throws {
    let folder = try temporary()
    defer { try? FileManager.default.removeItem(at: folder) }
    for kind in ["f32", "q8_0"] {
      let (file, target) = (`GGUF models`.file("\(name).\(kind)"), folder.appending(path: kind))
      let report = try ModelImport(of: file, to: target)
      #expect(report.graph == "\(name).weft")
      #expect(report.files.contains("config.json"))
      #expect(report.files.contains(kind == "f32" ? "model.safetensors" : "model.gguf"))
      #expect(report.unused == [])
      #expect(report.tensors.allSatisfy { $0.source != nil })
      let inputs = try Reference.named(name).inputs()
      #expect(try bytes(load(target).entry().run(inputs)) == bytes(load(file).entry().run(inputs)))
    }
    #expect(throws: ImportError.graphFile(Repository.graph(name).path)) {
      _ = try ModelImport(of: Repository.graph(name), to: folder.appending(path: "x"))
    }
  }
}

/// A form for each weight, within a budget.
@Suite struct `Quantizing within a budget` {
  @Test func `more bytes lose less, and all budgets are kept`() throws {
    let url = `GGUF models`.file("llama.f32")
    let package = try ModelPackage(at: url)
    let model = try Model(
      ModelSource(file: package.graph, configuration: url), weights: package.weights)
    let inputs = try Reference.named("llama").inputs()
    let samples = QuantizationSamples(runs: [inputs], description: "the reference's inputs")
    let exact = try #require(try model.entry().run(inputs)["logits"])
    var last = Double.infinity
    for budget in [40_000, 48_000, 62_000] {
      let quantized = try ModelQuantizer(model, budget: budget, on: samples).quantize()
      let bytes = try quantized.measure(on: samples).bytesAfter
      #expect(bytes <= budget && bytes > budget * 3 / 4, "\(bytes)")
      let found = try quantized.model.entry().run(inputs)["logits"]
      let difference = largestDifference(found, exact)
      #expect(difference < last, "\(budget)")
      last = difference
    }
    #expect(throws: QuantizationError.self) {
      _ = try ModelQuantizer(model, budget: 1000, on: samples)
    }
    let kept = try ModelQuantizer(
      model, budget: 200_000, on: samples, keeping: ["model.layers.0"]
    ).kept
    #expect(!kept.isEmpty && kept.allSatisfy { !$0.contains("norm") }, "\(kept)")
  }

  /// The outputs hang on a weight by what it is multiplied with, not by its own error alone.
  @Test func `weights that matter get more bits`() throws {
    let url = `GGUF models`.file("llama.f32")
    let package = try ModelPackage(at: url)
    let model = try Model(
      ModelSource(file: package.graph, configuration: url), weights: package.weights)
    let samples = QuantizationSamples(
      runs: [try Reference.named("llama").inputs()], description: "")
    let sensitivity = try WeightSensitivity(
      model, runs: samples.runs, entry: nil, cancellation: nil)
    let forms = try QuantizationScheme.q4_0.forms(of: model)
    let packed = sensitivity.model.shared.packed.byteCount
    let effects = try forms.keys.sorted().map { name in
      let tensor = try #require(try sensitivity.original(name).tensor)
      return try sensitivity.effect(
        of: name, as: #require(forms[name]).stored(tensor, name: name))
    }
    #expect(effects.allSatisfy { $0 > 0 && $0 < 0.1 })
    // What was packed of the stored weights is gone again.
    #expect(packed > 0 && sensitivity.model.shared.packed.byteCount == packed)
    #expect(try #require(effects.max()) > 4 * #require(effects.min()))
    let same = try #require(sensitivity.names.first)
    #expect(try sensitivity.effect(of: same, as: sensitivity.original(same)) == 0)
  }
}
