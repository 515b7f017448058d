import ArgumentParser
import Foundation
import Weft

struct QuantizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quantize",
    abstract: "Store a model's weights in fewer bits, and say what that does to its results.",
    discussion: """
      Example:
        weft quantize Graphs/minilm.weft --weights FOLDER -o minilm-int8
        weft quantize Graphs/minilm.weft --weights FOLDER -o minilm-int8 \\
          --keep 'encoder.layer.0.*' --texts sentences.txt --force

      The folder holds the graph file, its imports and all that stands beside the
      weights: weft embed minilm-int8/minilm.weft --weights minilm-int8 "Hello!"
      """)

  @OptionGroup var graph: GraphOptions
  @OptionGroup var weights: WeightOptions
  @OptionGroup var binding: BindingOptions
  @OptionGroup var execution: ExecutionOptions

  @Option(help: "How weights are stored; by default int8-dynamic.")
  var scheme: QuantizationScheme?

  @Option(
    help: ArgumentHelp(
      "In place of a scheme: the bytes that all weights may take (700MB); weights that the results hang on most get more bits.",
      valueName: "size"))
  var budget: ByteCount?

  @Option(
    name: .shortAndLong, help: "The folder to write; or a .gguf file, of a model that is one.")
  var output: String

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "Keep a layer or weight as it is; * and ? stand for any characters; may stand several times.",
      valueName: "pattern"))
  var keep: [String] = []

  @Option(help: "Compare on these inputs: a safetensors file with a tensor for each, by name.")
  var inputs: String?

  @Option(help: "Compare on the texts of a file, one a line; - for standard input.")
  var texts: String?

  @Option(help: "Say the perplexity before and after on the text of a file; - for standard input.")
  var perplexity: String?

  @Flag(help: "Replace an empty folder, or one that this command wrote.")
  var force = false

  @Flag(help: "Print the report as JSON.")
  var json = false

  func validate() throws {
    _ = try graph.requiredOrigin(weights)
    if scheme != nil, budget != nil { throw ValidationError("give --scheme or --budget, not both") }
    let given = [inputs != nil, texts != nil, binding.bind != nil].filter { $0 }.count
    if given > 1 { throw ValidationError("give one of --inputs, --texts and --bind") }
    if texts == "-", perplexity == "-" {
      throw ValidationError("standard input is one file: give --texts or --perplexity another")
    }
  }

  func run() throws {
    let origin = try graph.requiredOrigin(weights)
    let target = URL(filePath: output)
    let isFile = target.pathExtension.lowercased() == "gguf"
    if isFile {
      try QuantizedModel.checkFile(target, of: origin, replacing: force)
    } else {
      try QuantizedModel.checkFolder(target, replacing: force)
    }
    let source = try graph.source(configuration: origin.configuration)
    let model = try Model(
      source, weights: origin, threads: execution.threads, registry: graph.plugins.registry(),
      lowMemory: execution.lowMemory)
    // What can be wrong with the text is said before the work, not after it.
    let text = try perplexity.map { try TextLines.text(path: $0) }
    if text != nil { _ = try TextModel(model) }
    let samples = try samples(of: model)
    let quantizer = try quantizer(of: model, samples)
    let report = try Interrupt.watching { cancellation in
      let quantized = try Terminal.Progress.showing(
        "quantizing", count: quantizer.weightCount, unit: "weights"
      ) {
        try quantizer.quantize(cancellation: cancellation, progress: $0)
      }
      var report = try Terminal.Progress.showing(
        "comparing", count: samples.runs.count, unit: "runs"
      ) {
        try quantized.measure(
          on: samples, entry: execution.entry, cancellation: cancellation, progress: $0)
      }
      report.perplexity = try text.map { try score($0, quantized, cancellation) }
      if isFile {
        try quantized.write(gguf: target, replacing: force)
      } else {
        try quantized.write(
          to: target, of: source, replacing: force, cancellation: cancellation)
      }
      return report
    }
    print(json ? try report.json() : report.text, terminator: json ? "" : "\n")
  }

  private func score(
    _ text: String, _ quantized: QuantizedModel, _ cancellation: Cancellation
  ) throws -> QuantizationReport.TextScore {
    try Terminal.Progress.showing("scoring", count: 100, unit: "percent") { progress in
      try quantized.perplexity(of: text, cancellation: cancellation) { done, all in
        progress(100 * done / max(all, 1))
      }
    }
  }

  private func quantizer(
    of model: Model, _ samples: QuantizationSamples
  ) throws -> ModelQuantizer {
    guard let budget else {
      return try ModelQuantizer(model, scheme: scheme ?? .int8Dynamic, keeping: keep)
    }
    return try Interrupt.watching { cancellation in
      try Terminal.Progress.showing(
        "choosing", count: Model.parameters(of: model.definition).count, unit: "weights"
      ) {
        try ModelQuantizer(
          model, budget: budget.bytes, on: samples, entry: execution.entry, keeping: keep,
          cancellation: cancellation, progress: $0)
      }
    }
  }

  private func samples(of model: Model) throws -> QuantizationSamples {
    let entry = try model.entry(execution.entry)
    if let inputs { return try .file(URL(filePath: inputs), for: entry) }
    if let texts {
      var lines = try TextLines(path: texts)
      return try .texts(lines.next(lines.count), of: model, entry: entry)
    }
    return try .standard(for: model, entry: entry, bindings: binding.bindings())
  }
}

extension QuantizationScheme: ExpressibleByArgument {
  public static var allValueStrings: [String] { uniform.map(\.rawValue) }

  public init?(argument: String) {
    guard let scheme = Self.uniform.first(where: { $0.rawValue == argument }) else { return nil }
    self = scheme
  }
}
