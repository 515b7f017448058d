import IR

/// What a pass tells the compiler besides its rewrites.
public struct PassContext: Sendable {
  /// Something worth telling the user about one place in the graph.
  public struct Remark: Hashable, Sendable {
    /// Whether it was rewritten, or nearly.
    public enum Kind: Hashable, Sendable { case applied, missed }

    /// Whether it was rewritten, or nearly.
    public var kind: Kind
    /// The pass.
    public var pass: String
    /// A sentence: "residual norm not fused: h3 has 2 uses".
    public var message: String
    /// The lines it is about.
    public var origin: Origin
    /// For what was missed: the predicate that failed, as data, where the pass says it.
    public var nearMiss: NearMiss?
  }

  /// The running pass.
  public let pass: String
  /// What it said so far.
  public private(set) var remarks: [Remark] = []
  /// Rewrites put off to the next sweep because they overlap with one of this sweep.
  private(set) var postponed = 0
  /// What was said of each rewrite, by the first value that it replaces.
  private var messages: [ValueID: String] = [:]

  /// A context for one sweep of `pass`.
  public init(pass: String) { self.pass = pass }

  /// Says what was rewritten.
  public mutating func applied(_ message: String, _ origin: Origin) {
    remarks.append(Remark(kind: .applied, pass: pass, message: message, origin: origin))
  }

  /// Says what `patch`, which has its replacements, rewrites: the nodes that it stands for are told
  /// so, too.
  public mutating func applied(_ message: String, _ patch: Patch) {
    applied(message, patch.origin)
    if let value = patch.firstReplaced { messages[value] = message }
  }

  /// Says what nearly was: in a sentence, and with the predicate that failed as data.
  public mutating func missed(
    _ message: String, _ origin: Origin, _ nearMiss: NearMiss? = nil
  ) {
    remarks.append(
      Remark(kind: .missed, pass: pass, message: message, origin: origin, nearMiss: nearMiss))
  }

  /// What was said of `patch`.
  func message(of patch: Patch) -> String? { patch.firstReplaced.flatMap { messages[$0] } }

  mutating func postpone() { postponed += 1 }
}
