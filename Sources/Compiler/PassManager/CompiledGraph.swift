import IR

/// A graph before and after the passes, its dimensions still symbolic.
public struct CompiledGraph: Sendable {
  /// The graph as it was elaborated.
  public let source: Graph
  /// The graph after all passes.
  public let graph: Graph
  /// What the passes did.
  public let report: CompilationReport
  /// What became of each node of ``source``, where that was asked for.
  public var lineage: Lineage?
}

/// What one pass did.
public struct PassStatistics: Sendable {
  /// The pass.
  public var pass: String
  /// Nodes before it.
  public var nodesBefore: Int
  /// Nodes after it.
  public var nodesAfter = 0
  /// Rewrites that were applied.
  public var patches = 0
  /// Sweeps over the graph that found something to rewrite.
  public var sweeps = 0
  /// The time that it took, verification included.
  public var duration: Duration = .zero

  init(pass: String, nodesBefore: Int) {
    self.pass = pass
    self.nodesBefore = nodesBefore
  }
}

/// What the passes did to a graph.
public struct CompilationReport: Sendable {
  /// Each pass, in order.
  public internal(set) var passes: [PassStatistics] = []
  /// What was rewritten and what nearly was, none twice, in order.
  public private(set) var remarks: [PassContext.Remark] = []
  /// Graphs after the passes that were asked for.
  public internal(set) var snapshots: [String: Graph] = [:]
  /// The time that all took.
  public internal(set) var duration: Duration = .zero
  private var seen: Set<PassContext.Remark> = []

  mutating func add(_ more: [PassContext.Remark]) {
    for remark in more where seen.insert(remark).inserted { remarks.append(remark) }
  }
}

/// Why a graph couldn't be compiled: a mistake of a pass, or a pass's name that there isn't.
public enum CompilationError: Error, CustomStringConvertible {
  /// There is no pass of that name.
  case unknownPass(String, known: [String])
  /// A pass threw.
  case passFailed(pass: String, String)
  /// A pass returned a rewrite that can't be applied.
  case patch(pass: String, PatchError)
  /// A graph breaks the rules of the IR after a pass.
  case invalid(pass: String, VerificationError)
  /// A pass rewrites for ever.
  case unsettled(pass: String)

  public var description: String {
    switch self {
    case .unknownPass(let name, let known):
      "there is no pass '\(name)'; there are \(known.joined(separator: ", "))"
    case .passFailed(let pass, let message): "pass '\(pass)' failed: \(message)"
    case .patch(let pass, let error): "pass '\(pass)' made a wrong rewrite: \(error)"
    case .invalid(let pass, let error):
      pass == "input"
        ? "the graph breaks the rules of the IR: \(error)"
        : "pass '\(pass)' left a graph that breaks the rules of the IR: \(error)"
    case .unsettled(let pass):
      "pass '\(pass)' still rewrites after \(PassManager.sweepLimit) sweeps, or makes the graph "
        + "a hundred times as large, and was stopped"
    }
  }
}
