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

      Nothing runs and no weight is read: the resident memory is that of a process
      that will do so. Without --weights or --random-weights, a checkpoint of the
      declared types is assumed. The map shows each buffer of the arena, from its
      first step to its last, where it lies.
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

  @Flag(help: "Print the report as JSON.")
  var json = false

  func validate() throws {
    if let output, URL(filePath: output).pathExtension.lowercased() != "svg" {
      throw ValidationError("-o takes a file that ends in .svg, found '\(output)'")
    }
  }

  func run() throws {
    let origin = try weights.source()
    let model = try Model(
      graph.source(configuration: origin?.configuration), weights: origin,
      threads: execution.threads)
    let report = try model.entry(execution.entry).memoryReport(bindings: binding.bindings())
    if let output {
      let map = MemoryMap(of: report, coloring: color, appearance: appearance)
      try AtomicFile.write(Data(map.svg().utf8), to: URL(filePath: output))
    }
    print(json ? try report.json() : report.text, terminator: json ? "" : "\n")
  }
}

extension MemoryMap.Coloring: ExpressibleByArgument {}
extension MemoryMap.Appearance: ExpressibleByArgument {}
