import ArgumentParser
import Weft

/// The command `weft`: a file for each subcommand, no logic.
struct WeftCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "weft",
    abstract: "Declare Transformer models in text files, run them fast on CPUs, see what happens.",
    discussion: """
      Example:
        weft check Graphs/minilm.weft
        weft render Graphs/minilm.weft -o minilm.svg
        weft run Graphs/gpt2.weft --random-weights 1 --bind batch=1,tokens=128

      Exit status: 0 success, 1 the model or the data is wrong, 64 the call is wrong.
      """,
    version: weftVersion,
    subcommands: [
      BenchCommand.self, ChatCommand.self, CheckCommand.self, CompileCommand.self,
      DiffCommand.self, DoctorCommand.self, EmbedCommand.self, ExportCommand.self,
      FormatCommand.self,
      GenerateCommand.self, ImportCommand.self, MemoryCommand.self, PerplexityCommand.self,
      PluginsCommand.self,
      ProfileCommand.self, QuantizeCommand.self, RenderCommand.self, RunCommand.self,
      ServeCommand.self, WhyCommand.self,
    ])
}
