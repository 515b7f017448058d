import ArgumentParser
import Foundation
import Weft

struct MemoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "memory",
    abstract: "Say what a model takes of memory before it runs, and what takes it.",
    discussion: """
      Example:
        weft memory Graphs/minilm.weft --weights FOLDER --bind batch=1,tokens=128
        weft memory Graphs/gpt2.weft --bind batch=1,tokens=64 -o map.svg
        weft memory Graphs/minilm.weft --weights FOLDER --bind batch=8,tokens=128 \\
          --fit 64MB --allow f16,int8

      Nothing runs and no weight is read: the resident memory is that of a process
      that will do so. Without --weights or --random-weights, a checkpoint of the
      declared types is assumed. The map shows each buffer of the arena, from its
      first step to its last, where it lies.
      --fit says what makes the model fit, or what keeps it from fitting (status 1).
      With --json: resident, passes, arena, lowerBound, aliveAtPeak, map, steps and
      more, sizes in bytes.
      """)

  @OptionGroup var graph: GraphOptions
  @OptionGroup var weights: WeightOptions
  @OptionGroup var binding: BindingOptions
  @OptionGroup var execution: ExecutionOptions

  @Option(name: .shortAndLong, help: "Draw the map of the arena: a file that ends in .svg.")
  var output: String?

  @Option(help: "What a buffer's colour tells.")
  var color: MemoryMap.Coloring = .kind

  @Option(help: "The map's colours.")
  var appearance: MemoryMap.Appearance = .automatic

  @Option(
    help: ArgumentHelp(
      "Find what makes a run fit into this much memory, such as 64MB.", valueName: "size"))
  var fit: ByteCount?

  @Option(
    help: ArgumentHelp(
      "What --fit may store weights in: f16, int8.", valueName: "precision,…"))
  var allow: String?

  @Flag(help: "Print the report as JSON.")
  var json = false

  func validate() throws {
    _ = try allowed()
    if allow != nil, fit == nil { throw ValidationError("--allow is for --fit: add --fit SIZE") }
    if fit != nil, output != nil {
      throw ValidationError("give --fit or -o, not both")
    }
    if let output, URL(filePath: output).pathExtension.lowercased() != "svg" {
      throw ValidationError("-o takes a file that ends in .svg, found '\(output)'")
    }
  }

  func run() throws {
    let origin = try graph.origin(weights)
    let model = try Model(
      graph.source(configuration: origin?.configuration), weights: origin,
      threads: execution.threads, registry: graph.plugins.registry(),
      lowMemory: execution.lowMemory, states: execution.cache)
    if let fit { return try printFit(of: model, limit: fit.bytes) }
    let report = try model.entry(execution.entry).memoryReport(bindings: binding.bindings())
    if let output {
      let map = MemoryMap(of: report, coloring: color, appearance: appearance)
      try AtomicFile.write(Data(map.svg().utf8), to: URL(filePath: output))
    }
    print(json ? try report.json() : report.text, terminator: json ? "" : "\n")
  }
}

extension MemoryCommand {
  private func printFit(of model: Model, limit: Int) throws {
    let fit = try model.fit(
      limit, entry: execution.entry, bindings: binding.bindings(), allowing: allowed())
    let source =
      weights.weights.map { "--weights \($0)" } ?? weights.randomWeights.map {
        "--random-weights \($0)"
      } ?? "--weights FOLDER"
    let settings = graph.settings.map { "--set \($0)" }
    print(
      json ? try fit.json() : fit.text(graph: graph.graph, weights: source, settings: settings),
      terminator: json ? "" : "\n")
    if !fit.fits { throw ExitCode.failure }
  }

  private func allowed() throws -> [QuantizationScheme] {
    try (allow ?? "").split(separator: ",").map { name in
      guard
        let scheme = QuantizationScheme.uniform.first(where: {
          $0.format == nil && $0.shortName == name
        })
      else {
        throw ValidationError("--allow takes f16 and int8, found '\(name)'")
      }
      return scheme
    }
  }
}

extension MemoryMap.Coloring: ExpressibleByArgument {}
extension MemoryMap.Appearance: ExpressibleByArgument {}
