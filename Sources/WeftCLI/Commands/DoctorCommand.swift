import ArgumentParser
import Weft

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Say what this machine can do and what it runs: the beginning of a report of a bug.",
    discussion: """
      Example:
        weft doctor --json

      The environment variable WEFT_ISA (portable, neon, avx2, avx512) forces an instruction set.
      """)

  @OptionGroup var plugins: PluginOptions

  @Flag(help: "Print the report as JSON.")
  var json = false

  func run() throws {
    let report = try MachineReport.measure(
      weft: weftVersion, plugins: plugins.registry().plugins, graphviz: try? Graphviz.version())
    print(json ? try report.json() : report.text)
  }
}
