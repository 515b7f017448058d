import IR
import Tensors

/// The states of an entry while it is elaborated: which version of each is the one to read.
struct StateVersions {
  /// What became of a version.
  private struct Version {
    /// Where it was read first.
    var read: SourceLocation?
    /// Where it was changed, so that it is gone.
    var changed: SourceLocation?
  }

  private var versions: [ValueID: Version] = [:]
  /// Where each state was declared, by full name.
  var names: [String: (location: SourceLocation, type: TensorType)] = [:]

  /// Notes that `id` is a state, or a state after a change.
  mutating func add(_ id: ValueID) { versions[id] = Version() }

  /// Whether `id` is a state, or a state after a change.
  func isVersion(_ id: ValueID) -> Bool { versions[id] != nil }

  /// Where `id` was changed, if it was.
  func change(of id: ValueID) -> SourceLocation? { versions[id]?.changed }

  /// Where `id` was read first, if it was.
  func reader(of id: ValueID) -> SourceLocation? { versions[id]?.read }

  mutating func read(_ id: ValueID, at place: SourceLocation) {
    if versions[id]?.read == nil { versions[id]?.read = place }
  }

  mutating func change(_ id: ValueID, at place: SourceLocation) { versions[id]?.changed = place }
}

extension Elaborator {
  func declareState(
    _ name: Name, _ syntax: TypeSyntax, _ path: LayerName?, _ span: Span
  ) throws(ElaborationFailure) {
    declareSymbols(of: syntax, what: "the state '\(name.text)'")
    let (type, sources) = try tensorType(syntax)
    try checkExtents(type, syntax, what: "a state")
    let full =
      try path.map { path throws(ElaborationFailure) in
        frame.path.appending(try components(path)).description
      } ?? frame.path.naming(name.text)
    if let other = states.names[full] {
      throw fail(
        name.span, .stateNameTaken(full), notes: ["the other is declared at \(other.location)"])
    }
    if let other = allStates[full], other.type != type {
      throw fail(
        name.span, .sharedStateTypes(full, other.type, type),
        notes: ["another entry declares it at \(other.location)"])
    }
    states.names[full] = (reporter.location(name.span), type)
    allStates[full] = (reporter.location(name.span), type)
    let id = builder.state(full, type, origin: origin(span))
    record(id, sources)
    states.add(id)
    frame.set(name.text, Variable(value: .tensor(id), type: type))
  }

  /// Notes which states `op` reads and changes. Refuses to read a version that is gone, and to change what
  /// is no state or is read as it was: what is read would hang on the order in which nodes run.
  func useStates(_ op: any Op, _ uses: [OperandUse], _ span: Span) throws(ElaborationFailure) {
    let changed = (op as? any Updating)?.updatedOperand
    let place = reporter.location(span)
    for (i, use) in uses.enumerated() {
      if i == changed, !states.isVersion(use.id) { throw fail(span, .changesNoState(use.text)) }
      if let change = states.change(of: use.id) {
        throw fail(span, .stateIsGone(use.text), notes: ["it is changed at \(change)"])
      }
      if i != changed {
        states.read(use.id, at: place)
      } else if let reader = states.reader(of: use.id) {
        throw fail(span, .stateIsReadBefore(use.text), notes: ["it is read at \(reader)"])
      } else {
        states.change(use.id, at: place)
      }
    }
  }
}
