import ArgumentParser
import Foundation
import Weft

struct ProfileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile",
    abstract: "Show where the time goes, step by step, down to the line of the graph file.",
    discussion: """
      Example:
        weft profile Graphs/minilm.weft --random-weights 1 --bind batch=1,tokens=128
        weft profile Graphs/bert.weft --weights FOLDER --bind ... --by layer
        weft profile Graphs/bert.weft --weights FOLDER --bind ... --expand encoder
        weft profile Graphs/vit.weft --weights FOLDER --bind batch=1 -o report.html
        weft profile Graphs/vit.weft --weights FOLDER --bind batch=1 -o timeline.json
        weft profile Graphs/vit.weft --weights FOLDER --bind batch=1 --json > a.json
        weft profile Graphs/vit.weft --weights FOLDER --bind batch=1 --compare a.json
        weft profile --compare a.json b.json
        weft profile Graphs/vit.weft --weights FOLDER --bind batch=1 --startup

      "ceiling" is what this machine could do at most at the same work, "back" the
      time that could be got back, "wait" what threads waited meanwhile.
      """)

  @OptionGroup var graph: GraphOptions
  @OptionGroup var weights: WeightOptions
  @OptionGroup var binding: BindingOptions
  @OptionGroup var execution: ExecutionOptions
  @OptionGroup var options: ProfileViewOptions
  @OptionGroup var tapping: TapOptions

  @Option(help: "How many runs to time, after three that aren't.")
  var runs = 20

  @Option(
    name: .shortAndLong,
    help: "Write it all as one page, too: .html; or a few runs for ui.perfetto.dev: .json.")
  var output: String?

  @Option(
    help: ArgumentHelp(
      "Compare with a profile of before, as --json prints it; instead of the graph another may stand.",
      valueName: "profile.json"))
  var compare: String?

  @Flag(help: "Show where the time goes before the first answer, from the start of the process.")
  var startup = false

  @Flag(help: "Print the profile, or the comparison, as JSON.")
  var json = false

  /// Whether two files are compared and nothing is run.
  private var isOfFiles: Bool {
    compare != nil && URL(filePath: graph.graph).pathExtension.lowercased() == "json"
  }

  func validate() throws {
    if !isOfFiles, !tapping.listTaps { _ = try graph.requiredOrigin(weights) }
    try tapping.requireFile(isRun: !startup && !isOfFiles)
    if !(1...100_000).contains(runs) {
      throw ValidationError("--runs takes a number from 1 to 100000, found \(runs)")
    }
    if startup, output != nil || compare != nil {
      throw ValidationError("--startup stands alone: leave out --output and --compare")
    }
    if output != nil, isOfFiles {
      throw ValidationError("--output needs a graph to run, not two profiles")
    }
  }

  func run() throws { try run(StartupRecorder()) }

  func run(_ recorder: StartupRecorder) throws {
    let document = try reportOfOutput()
    if tapping.listTaps { return try tapping.list(graph, weights, execution, json: json) }
    if startup { return try profileStartup(recorder) }
    let before = try compare.map { try Profile(contentsOf: URL(filePath: $0)) }
    if let before, isOfFiles {
      return try report(
        ProfileComparison(before, try Profile(contentsOf: URL(filePath: graph.graph))))
    }
    let runs = try measure(recorder)
    if let before {
      try report(ProfileComparison(before, runs.profile))
    } else {
      print(json ? try runs.profile.json() : try runs.profile.text(options.view))
    }
    if let document, let output {
      try AtomicFile.write(try document.data(of: runs), to: URL(filePath: output))
    }
  }

  /// What is to be written, said before anything runs.
  private func reportOfOutput() throws -> (any ProfileReport)? {
    guard let output else { return nil }
    let registry = try graph.plugins.registry()
    do {
      return try registry.report(of: URL(filePath: output))
    } catch {
      throw ValidationError("\(error)")
    }
  }

  private func measure(_ recorder: StartupRecorder) throws -> ProfiledRuns {
    let origin = try graph.requiredOrigin(weights)
    let model = try Model(
      graph.source(configuration: origin.configuration), weights: origin,
      threads: execution.threads, registry: graph.plugins.registry(),
      startup: recorder, lowMemory: execution.lowMemory,
      states: execution.cache)
    let entry = try model.entry(execution.entry)
    let taps = try tapping.taps(of: entry, bindings: binding.bindings())
    let progress = Terminal.Progress("profiling", count: runs, unit: "runs")
    return try Interrupt.watching { cancellation in
      defer { progress.finish() }
      let measured = try entry.profiledRuns(
        bindings: binding.bindings(), runs: runs, cancellation: cancellation
      ) { progress.advance(to: $0) }
      try taps?.write(cancellation: cancellation)
      return measured
    }
  }

  private func report(_ comparison: ProfileComparison) throws {
    let groupings = options.by.map { [$0] } ?? [.op, .layer]
    print(
      json ? try comparison.json() : comparison.text(by: groupings, width: options.view.width))
  }

  private func profileStartup(_ recorder: StartupRecorder) throws {
    let origin = try graph.requiredOrigin(weights)
    let model = try Model(
      graph.source(configuration: origin.configuration), weights: origin,
      threads: execution.threads, registry: graph.plugins.registry(),
      startup: recorder, lowMemory: execution.lowMemory,
      states: execution.cache)
    let entry = try model.entry(execution.entry)
    try Interrupt.watching { cancellation in
      try entry.start(
        bindings: binding.bindings(), tokenizer: model.existingTokenizerFile,
        parts: model.registry.tokenizerParts, runs: runs, recorder, cancellation: cancellation)
    }
    print(json ? try recorder.report.json() : recorder.report.text)
  }
}
