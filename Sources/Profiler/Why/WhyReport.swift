import Compiler
import GraphLanguage
import IR

/// What became of each line of a graph file: which passes rewrote its ops, and into which steps.
///
/// As JSON it has exactly the properties below. What several layers have in common stands once, with
/// their number.
public struct WhyReport: Codable, Hashable, Sendable, JSONReport {
  /// One line of a graph file.
  public struct Line: Codable, Hashable, Sendable {
    /// Where the first of its ops stands, and the text of the line.
    public var range: Diagnostic.Range
    /// Its ops, in the order in which they stand.
    public var ops: [Op]
    /// What nearly happened to them.
    public var nearMisses: [Miss]
  }

  /// One op that a line writes down.
  public struct Op: Codable, Hashable, Sendable {
    /// Its name.
    public var op: String
    /// The column that points at it, from 1.
    public var column: Int
    /// How many nodes of the graph it is: one for each call of its layer.
    public var count: Int
    /// What became of these nodes.
    public var fates: [Fate]
  }

  /// What became of some nodes of one op.
  public struct Fate: Codable, Hashable, Sendable {
    /// How the story of a node ends.
    public enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
      /// A step of the plan computes it, alone or with others.
      case step
      /// It is a part of another value's memory: nothing runs.
      case view
      /// It hangs on weights and constants alone, and is computed once.
      case beforeRun = "before-run"
      /// It was computed while compiling.
      case constant
      /// A value that is there anyway stands for it.
      case simplified
      /// Nothing uses it.
      case dropped
    }

    /// How the story ends.
    public var kind: Kind
    /// How many nodes it is the story of.
    public var count: Int
    /// Their layers: `encoder.layer[0…5].attention`.
    public var layers: [String]
    /// What passes did, in order.
    public var events: [Event]
    /// The ops that stand for them in the last graph.
    public var results: [String]
    /// With a binding, the steps of the plan that compute them.
    public var steps: [Int]
    /// With a binding, the steps' kernels.
    public var kernels: [String]
    /// With a binding, whether a step writes over one of its operands.
    public var isInPlace: Bool
    /// What else went into the same steps.
    public var companions: [Companion]
    /// What the rewrites needed besides, as ops of the last graph.
    public var helpers: [String]
  }

  /// Other nodes of one op and one line that went into the same step.
  public struct Companion: Codable, Hashable, Sendable {
    /// The op.
    public var op: String
    /// Its file; empty where it has none.
    public var file: String
    /// Its line; 0 where it has none.
    public var line: Int
    /// How many nodes.
    public var count: Int
  }

  /// One thing that a pass did.
  public struct Event: Codable, Hashable, Sendable {
    /// The pass.
    public var pass: String
    /// What it did.
    public var message: String
  }

  /// Something that nearly happened.
  public struct Miss: Codable, Hashable, Sendable {
    /// The pass.
    public var pass: String
    /// A sentence.
    public var message: String
    /// The predicate that failed; empty where the pass doesn't say.
    public var predicate: String
    /// What people call the value that it failed for; empty where it is none.
    public var value: String
    /// The line, `file:line:column`; empty where there is none.
    public var place: String
    /// Who uses the value, where that is what stood in the way.
    public var uses: [String]
    /// What to change; empty where the pass doesn't say.
    public var hint: String
    /// How many times.
    public var count: Int
    /// The layers.
    public var layers: [String]
  }

  /// The model.
  public var model: String
  /// The entry.
  public var entry: String
  /// The binding; empty where there is none.
  public var bindings: String
  /// What was asked for: a line or a layer path; empty for all lines.
  public var selection: String
  /// Nodes of the graph as it was written, of the lines that are shown.
  public var nodeCount: Int
  /// With a binding, the steps that these became; else the nodes of the last graph.
  public var stepCount: Int
  /// What there is to say besides: what stands on a line without an op.
  public var notes: [String]
  /// The lines, in the order of the files.
  public var lines: [Line]
}
