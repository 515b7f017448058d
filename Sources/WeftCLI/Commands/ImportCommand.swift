import ArgumentParser
import Foundation
import Weft

struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Make a folder of a GGUF file or a Hugging Face folder: graph file, weights and all.",
    discussion: """
      Example:
        weft import model.gguf -o model
        weft import TinyLlama-1.1B -o tinyllama --json

      The kind of model chooses the graph file. Weights stay as they are stored. The
      folder stands for the model in every command: weft run model --bind batch=1,tokens=8
      """)

  @ArgumentParser.Argument(
    help: "A GGUF file or a Hugging Face folder.", completion: .file(extensions: ["gguf"]))
  var model: String

  @Option(name: .shortAndLong, help: "The folder to write.")
  var output: String

  @OptionGroup var plugins: PluginOptions

  @Flag(help: "Replace an empty folder, or one that this command wrote.")
  var force = false

  @Flag(help: "Print what was mapped as JSON.")
  var json = false

  func run() throws {
    let folder = URL(filePath: output)
    try QuantizedModel.checkFolder(folder, replacing: force)
    let registry = try plugins.registry()
    let report = try Interrupt.watching { cancellation in
      try ModelImport(
        of: URL(filePath: model), to: folder, replacing: force, registry: registry,
        cancellation: cancellation)
    }
    print(json ? try report.json() : report.text, terminator: json ? "" : "\n")
  }
}
