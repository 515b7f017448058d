import ArgumentParser
import Weft

struct ProfileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile",
    abstract: "Show where the time goes, step by step, down to the line of the graph file.",
    discussion: """
      Example:
        weft profile Graphs/minilm.weft --random-weights 1 --bind batch=1,tokens=128
        weft profile Graphs/vit.weft --weights FOLDER --bind batch=1 --startup
        weft profile Graphs/bert.weft --weights FOLDER --bind batch=1,tokens=9 --by op
      """)

  @OptionGroup var graph: GraphOptions
  @OptionGroup var weights: WeightOptions
  @OptionGroup var binding: BindingOptions
  @OptionGroup var execution: ExecutionOptions

  @Option(help: "How many runs to time, after three that aren't.")
  var runs = 20

  @Option(help: "One row for each line and op, for each step, op or layer.")
  var by: ProfileGrouping = .line

  @Flag(help: "Show where the time goes before the first answer, from the start of the process.")
  var startup = false

  @Flag(help: "Print the profile as JSON.")
  var json = false

  func validate() throws {
    _ = try weights.requiredSource()
    if !(1...100_000).contains(runs) {
      throw ValidationError("--runs takes a number from 1 to 100000, found \(runs)")
    }
  }

  func run() throws { try run(StartupRecorder()) }

  func run(_ recorder: StartupRecorder) throws {
    if startup { return try profileStartup(recorder) }
    let origin = try weights.requiredSource()
    let model = try Model(
      graph.source(configuration: origin.configuration), weights: origin,
      threads: execution.threads)
    let entry = try model.entry(execution.entry)
    let progress = Terminal.Progress("profiling", count: runs, unit: "runs")
    let profile = try Interrupt.watching { cancellation in
      defer { progress.finish() }
      return try entry.profile(
        bindings: binding.bindings(), runs: runs, cancellation: cancellation
      ) { progress.advance(to: $0) }
    }
    print(json ? try profile.json() : profile.text(by: by))
  }

  private func profileStartup(_ recorder: StartupRecorder) throws {
    let origin = try weights.requiredSource()
    let model = try Model(
      graph.source(configuration: origin.configuration), weights: origin,
      threads: execution.threads, startup: recorder)
    let entry = try model.entry(execution.entry)
    try Interrupt.watching { cancellation in
      try entry.start(
        bindings: binding.bindings(), tokenizer: model.existingTokenizerFile, runs: runs, recorder,
        cancellation: cancellation)
    }
    print(json ? try recorder.report.json() : recorder.report.text)
  }
}

extension ProfileGrouping: ExpressibleByArgument {}
