/// What happens between the start of a process and its first answer, in this order.
public enum StartupPhase: String, Codable, CaseIterable, Sendable {
  case loadProgram
  case parseArguments
  case readGraph
  case elaborate
  case openCheckpoint
  case readTokenizer
  case runPasses
  case waitForTokenizer
  case plan
  case packWeights
  case firstRun

  /// For people.
  public var title: String {
    switch self {
    case .loadProgram: "load the program and its libraries"
    case .parseArguments: "parse the arguments"
    case .readGraph: "read the graph file"
    case .elaborate: "elaborate it"
    case .openCheckpoint: "open the checkpoint"
    case .readTokenizer: "read the tokenizer"
    case .runPasses: "run the passes"
    case .waitForTokenizer: "wait for the tokenizer"
    case .plan: "plan"
    case .packWeights: "pack the weights"
    case .firstRun: "run for the first time"
    }
  }

  /// Whether it goes on beside others, and is no part of the sum.
  public var isBeside: Bool { self == .readTokenizer }
}
