import Foundation
import Testing

@testable import Weft

@Suite struct `Quantization` {
  private func quantizer(_ name: String, keeping patterns: [String] = []) throws -> ModelQuantizer {
    try ModelQuantizer(Reference.named(name).model(), keeping: patterns)
  }

  /// What is thrown, as text.
  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  private func source(_ reference: Reference) -> ModelSource {
    ModelSource(
      file: reference.graph,
      configuration: WeightOrigin.checkpoint(reference.folder).configuration)
  }

  @Test(arguments: [
    ("bert", ["embeddings.word_embeddings.weight", "embeddings.LayerNorm.weight"]),
    ("gpt2", ["transformer.wte.weight", "transformer.wpe.weight", "transformer.h.0.ln_1.weight"]),
    ("llama", ["model.embed_tokens.weight"]), ("t5", ["shared.weight"]),
    ("transformer", []), ("vit", ["vit.embeddings.position_embeddings"]),
  ])
  func `what only linear layers read is quantized`(name: String, others: [String]) throws {
    let quantizer = try quantizer(name)
    let names = Set(Model.parameters(of: quantizer.model.definition).map(\.parameter.name))
    #expect(quantizer.weights.count > 3)
    #expect(quantizer.weights.allSatisfy { names.contains($0) && !$0.hasSuffix("bias") })
    for other in others {
      #expect(names.contains(other), "\(other)")
      #expect(!quantizer.weights.contains(other), "\(other)")
    }
  }

  @Test func `an output has one scale, however its weight is stored`() throws {
    let bert = try QuantizableWeights.find(in: Reference.named("bert").model().entries)
    #expect(bert.values.allSatisfy { $0 == .rows })
    let gpt2 = try QuantizableWeights.find(in: Reference.named("gpt2").model().entries)
    #expect(gpt2.count > 3 && gpt2.values.allSatisfy { $0 == .columns })
  }

  @Test func `rounding is to the nearest of 255 steps, channel by channel`() throws {
    let weight = try Tensor(dims: [2, 3], floats: [127, -1.5, 0.4, 0, 0, 1e-35])
    let rows = try Int8Matrix(rounding: weight, scaled: .rows, name: "w")
    #expect(rows.scales.floats == [1, 0])
    #expect(Array(UnsafeBufferPointer(start: rows.pointer, count: 6)) == [127, -2, 0, 0, 0, 0])
    let columns = try Int8Matrix(
      rounding: Tensor(dims: [2, 2], floats: [-254, 1, 100, -0.5]), scaled: .columns, name: "w")
    #expect(columns.scales.floats == [2, Float(1) / 127])
    #expect(Array(UnsafeBufferPointer(start: columns.pointer, count: 4)) == [-127, 127, 50, -64])
    for value in [Float.nan, .infinity] {
      #expect(
        message {
          let weight = try Tensor(dims: [1, 2], floats: [0, value])
          _ = try Int8Matrix(rounding: weight, scaled: .rows, name: "a.b")
        } == "weight 'a.b' can't be quantized: element 1 is \(value)")
    }
  }

  @Test func `layers and weights that are named are kept`() throws {
    let all = try quantizer("bert").weights
    let kept = try quantizer("bert", keeping: ["encoder.layer.0", "pooler.dense.weight"])
    let weights = kept.kept.filter { !$0.hasSuffix(".products") }
    #expect(weights == all.filter { $0.hasPrefix("encoder.layer.0.") || $0.hasPrefix("pooler.") })
    #expect(Set(kept.weights).union(weights) == Set(all))
    let globs = try quantizer("bert", keeping: ["encoder.*.output.dense.weight", "*.quer?"])
    #expect(
      globs.kept == all.filter { $0.hasSuffix("output.dense.weight") || $0.contains(".query.") })
    #expect(try quantizer("bert", keeping: ["embeddings"]).kept.isEmpty)
  }

  @Test func `products of attentions are rounded but where they are kept`() throws {
    let all = try quantizer("bert")
    #expect(all.products.allSatisfy { $0.hasSuffix(".attention.self.products") })
    #expect(all.products.count == 2 && all.kept.isEmpty)
    let kept = try quantizer("bert", keeping: ["*.products"])
    #expect(kept.products.isEmpty && kept.kept == all.products && kept.weights == all.weights)
    let first = try quantizer("bert", keeping: ["encoder.layer.0"])
    #expect(first.products == Array(all.products.dropFirst()))
    #expect(first.kept.last == all.products[0])
    let model = try Reference.named("bert").model()
    #expect(try ModelQuantizer(model, scheme: .f16).products.isEmpty)

    // What the graphs say, and only of the quantized model.
    func products(_ model: Model) throws -> [Attention.Products] {
      try model.entry().compiled().graph.nodes.compactMap { ($0.op as? Attention)?.products }
    }
    let quantized = try first.quantize()
    #expect(try products(quantized.model) == [.f32, .bf16])
    #expect(try products(quantized.original) == [.f32, .f32])
    #expect(try products(first.model) == [.f32, .f32])
    let parent = FileManager.default.temporaryDirectory.appending(path: "weft-\(UUID())")
    defer { try? FileManager.default.removeItem(at: parent) }
    try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
    let folder = parent.appending(path: "out")
    let graph = try quantized.write(to: folder, of: source(Reference.named("bert")))
    let weights = WeightOrigin.checkpoint(folder)
    let read = try Model(
      ModelSource(file: graph, configuration: weights.configuration), weights: weights)
    #expect(try products(read) == [.f32, .bf16])
  }

  @Test func `a pattern that names nothing is told, with names like it`() throws {
    #expect(
      message { _ = try quantizer("bert", keeping: ["encoder.layr.0.*"]) }.hasPrefix(
        "--keep 'encoder.layr.0.*' names no weight and no layer; the nearest are encoder.layer.0"))
    #expect(
      message { _ = try quantizer("bert", keeping: ["###############"]) }
        == "--keep '###############' names no weight and no layer")
    for wrong in ["", "encoder.layer.0.", "layer.0", "encoder.layer.?0.*"] {
      #expect(throws: QuantizationError.self) { _ = try quantizer("bert", keeping: [wrong]) }
    }
  }

  @Test(arguments: Reference.all)
  func `each layer is compared, worst first`(reference: Reference) throws {
    let model = try reference.model()
    let quantized = try ModelQuantizer(model).quantize()
    let entry = try model.entry()
    let samples = try QuantizationSamples.standard(
      for: model, entry: entry,
      bindings: Bindings(
        Dictionary(uniqueKeysWithValues: entry.graph.symbols.map { ($0, 3) })))
    let report = try quantized.measure(on: samples)
    #expect(!report.layers.isEmpty)
    let names = Set(report.layers.map(\.weight))
    #expect(names.isSubset(of: Set(quantized.quantized + quantized.products)))
    #expect(!names.isDisjoint(with: quantized.products))
    let errors = report.layers.map(\.relativeError)
    #expect(errors == errors.sorted(by: >))
    // Reals of 8 bits: something is lost, and little. Products are rounded where the machine can.
    let rounds = try InstructionSet.table().bf16 != nil
    for layer in report.layers {
      #expect(layer.relativeError < 0.05, "\(layer)")
      let isRounded = rounds || !quantized.products.contains(layer.weight)
      #expect(isRounded ? layer.relativeError > 1e-5 : layer.relativeError == 0, "\(layer)")
    }
    #expect(report.layers.allSatisfy { ($0.line ?? "").contains(".weft:") })
    #expect(report.bytesAfter < report.bytesBefore)
    for output in report.outputs {
      #expect(output.lowestCosine > 0.99, "\(output)")
      #expect(output.meanCosine >= output.lowestCosine && output.meanCosine < 1.000001)
    }
  }

  @Test func `a layer that gives NaN is the worst`() throws {
    var report = [Double]()
    for tail in [Float(1), .nan] {
      let a = try Tensor(dims: [2, 2], floats: [1, 2, 3, 4])
      let b = try Tensor(dims: [2, 2], floats: [1, 2, 3, 4 * tail])
      report += Cosine.rows(a, b)
    }
    #expect(report[0] == 1 && report[2] == 1 && report[3].isNaN)
  }

  @Test(arguments: ["bert", "gpt2", "vit", "t5"])
  func `a written folder stands alone and gives the same`(name: String) throws {
    let reference = try Reference.named(name)
    let quantized = try ModelQuantizer(reference.model()).quantize()
    let parent = FileManager.default.temporaryDirectory.appending(path: "weft-\(UUID())")
    try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: parent) }
    let folder = parent.appending(path: "out")
    let graph = try quantized.write(to: folder, of: source(reference))
    #expect(graph.lastPathComponent == "\(name).weft")
    let weights = WeightOrigin.checkpoint(folder)
    let model = try Model(
      ModelSource(file: graph, configuration: weights.configuration), weights: weights)
    let entry = try model.entry()
    let inputs = try entry.randomInputs(
      bindings: Bindings(Dictionary(uniqueKeysWithValues: entry.graph.symbols.map { ($0, 3) })),
      seed: 1)
    let (a, b) = (try entry.run(inputs), try quantized.model.entry().run(inputs))
    #expect(bytes(a) == bytes(b))
    // A quantized model can be quantized again: nothing changes.
    let again = try ModelQuantizer(model).quantize()
    #expect(bytes(try again.model.entry().run(inputs)) == bytes(a))

    #expect(throws: QuantizationError.exists(folder.path)) {
      try quantized.write(to: folder, of: source(reference))
    }
    try quantized.write(to: folder, of: source(reference), replacing: true)
    #expect(try FileManager.default.contentsOfDirectory(atPath: parent.path) == ["out"])
  }

  /// A model in `sub/m.weft` that imports its layer by this path, and what writing it says.
  private func writing(importing path: (URL) -> String, layerIn file: String) throws -> String {
    let folder = FileManager.default.temporaryDirectory.appending(path: "weft-\(UUID())")
    let sub = folder.appending(path: "sub/layers")
    try FileManager.default.createDirectory(at: sub, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let layer = """
      layer Dense(x: f32[..., inputs], outputs: Int) -> f32[..., outputs] {
        param weight: f32[outputs, inputs]
        return linear(x, weight)
      }

      """
    let graph = """
      import "\(path(folder))"

      model M {
        input x: f32[rows, 4]
        output y = Dense(x, 3) as dense
      }

      """
    try Data(layer.utf8).write(to: folder.appending(path: file))
    let root = folder.appending(path: "sub/m.weft")
    try Data(graph.utf8).write(to: root)
    // Named as a user may: with steps that lead nowhere.
    let source = ModelSource(
      file: URL(filePath: "\(folder.path)/sub/./layers/../m.weft"), allowsOutsideImports: true)
    let quantized = try ModelQuantizer(Model(source, weights: .random(seed: 1))).quantize()
    let out = folder.appending(path: "out")
    let text = message { try quantized.write(to: out, of: source) }
    #expect((text == "no error") == FileManager.default.fileExists(atPath: out.path))
    if text == "no error" {
      #expect(
        try FileManager.default.subpathsOfDirectory(atPath: out.path).sorted()
          == ["layers", "layers/dense.weft", "m.weft", "model.safetensors"])
    }
    return text.replacingOccurrences(of: folder.path, with: "FOLDER")
  }

  @Test func `imports are copied where they lead nowhere else`() throws {
    #expect(
      try writing(importing: { _ in "layers/dense.weft" }, layerIn: "sub/layers/dense.weft")
        == "no error")
    #expect(
      try writing(importing: { _ in "../dense.weft" }, layerIn: "dense.weft").hasSuffix(
        "imports from outside the graph file's folder can't be copied; move the file into it"))
    #expect(
      try writing(
        importing: { $0.appending(path: "sub/layers/dense.weft").path },
        layerIn: "sub/layers/dense.weft"
      ).hasPrefix("the graph file can't stand alone: "))
  }

  @Test func `a folder that isn't ours is never replaced`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "weft-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try QuantizedModel.checkFolder(folder, replacing: true)
    try SafetensorsWriter.write(
      ["a": try Tensor(zeros: .f32, dims: [1])], to: folder.appending(path: "model.safetensors"))
    #expect(throws: QuantizationError.notOurs(folder.path)) {
      try QuantizedModel.checkFolder(folder, replacing: true)
    }
    let file = folder.appending(path: "model.safetensors")
    #expect(throws: QuantizationError.notOurs(file.path)) {
      try QuantizedModel.checkFolder(file, replacing: true)
    }
    try SafetensorsWriter.write(
      weights: ["a": .dense(try Tensor(zeros: .f32, dims: [1]))],
      metadata: ["weft.scheme": "int8-dynamic", "weft.files": "model.safetensors\nlayers/a.weft"],
      to: file)
    try QuantizedModel.checkFolder(folder, replacing: true)
    try AtomicFile.write(Data("mine".utf8), to: folder.appending(path: "notes.txt"))
    #expect(throws: QuantizationError.foreignFiles(folder.path, ["notes.txt"])) {
      try QuantizedModel.checkFolder(folder, replacing: true)
    }
  }
}
