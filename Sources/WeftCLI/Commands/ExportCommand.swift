import ArgumentParser
import Foundation
import Weft

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a model's weights as a file of another format.",
    discussion: """
      Example:
        weft export TinyLlama-1.1B -o tinyllama.gguf
        weft export model.gguf -o model.safetensors
        weft export Graphs/gpt2.weft --weights FOLDER --format safetensors -o gpt2.bin

      Weights stay as they are stored where the format has a form for them. A GGUF file
      gets configuration and tokenizer, too. Plugins bring formats of their own.
      """)

  @OptionGroup var graph: GraphOptions
  @OptionGroup var weights: WeightOptions

  @Option(
    help: ArgumentHelp(
      "The format: gguf, safetensors or a plugin's; by default the one that the file's name ends in.",
      valueName: "name"))
  var format: String?

  @Option(name: .shortAndLong, help: "The file to write.")
  var output: String

  @Flag(help: "Replace a file of that name.")
  var force = false

  @Flag(help: "Print what was written as JSON.")
  var json = false

  func validate() throws { _ = try graph.requiredOrigin(weights) }

  func run() throws {
    let target = URL(filePath: output)
    let registry = try graph.plugins.registry()
    _ = try ModelExport.format(format, of: target, in: registry)
    try ModelExport.checkFile(target, replacing: force)
    let origin = try graph.requiredOrigin(weights)
    let model = try Model(
      graph.source(configuration: origin.configuration), weights: origin, registry: registry)
    let report = try Interrupt.watching { cancellation in
      try Terminal.Progress.showing("writing", count: 100, unit: "percent") { progress in
        try ModelExport(
          of: model, to: target, format: format, replacing: force, cancellation: cancellation,
          progress: progress)
      }
    }
    print(json ? try report.json() : report.text, terminator: json ? "" : "\n")
  }
}
