import IR
import Tensors

/// Runs a model's statements: calls of layers are entered, loops unrolled, conditions decided.
/// What is left are graphs.
final class Elaborator {
  /// A parameter that an entry has.
  struct ParameterRecord {
    var statement: SourceLocation
    var location: SourceLocation
    var links: [Frame.Link]
    var type: TensorType
    var value: ValueID
  }

  let program: Program
  let options: ElaborationOptions
  let reporter: Reporter
  var builder = GraphBuilder(name: "")
  /// For each value of the graph, where its extents come from.
  var sources: [[Provenance?]] = []
  var frame = Frame()
  /// Parameters of this entry, by full name.
  var parameters: [String: ParameterRecord] = [:]
  /// Parameters of all entries so far.
  var allParameters: [String: ParameterRecord] = [:]
  /// States of this entry.
  var states = StateVersions()
  /// States of all entries so far.
  var allStates: [String: (location: SourceLocation, type: TensorType)] = [:]
  var inputs: [String: Span] = [:]
  var outputs: [String: Span] = [:]
  var configs: [ModelDefinition.Config] = []
  var weights: String?
  var tokenizer: String?
  var task: ModelTask?
  /// Nodes of each entry that no output hangs on.
  private var unusedNodes: [String: [ModelDefinition.UnusedNode]] = [:]
  /// Configs that the settings name.
  var usedSettings: Set<String> = []
  private var steps = 0
  private var depth = 0

  init(_ program: Program, _ options: ElaborationOptions, _ reporter: Reporter) {
    self.program = program
    self.options = options
    self.reporter = reporter
  }

  /// The graphs of `model`.
  func run(_ model: ModelDeclaration) -> ModelDefinition? {
    var graphs: [Graph] = []
    let statements = model.body.statements
    let entries = statements.indices.filter { statements[$0].isEntry }
    if entries.isEmpty {
      graphs.append(entry(named: "main", model, statements))
    }
    var names: [String: Span] = [:]
    for i in entries {
      guard case .entry(let name, let body) = statements[i].kind else { continue }
      if let first = names.updateValue(name.span, forKey: name.text) {
        reporter.error(
          name.span, .entryTwice(name.text),
          notes: ["the first stands at \(reporter.location(first))"])
      }
      let shared = statements[..<i].filter { $0.mayBeShared }
      graphs.append(entry(named: name.text, model, shared, body))
    }
    checkSettings(model)
    if isBroken, !reporter.hasErrors { reporter.error(model.name.span, .unexplained) }
    guard !reporter.hasErrors else { return nil }
    return ModelDefinition(
      name: model.name.text, documentation: model.trivia.documentation, configs: configs,
      entries: graphs, weights: weights, tokenizer: tokenizer, task: task,
      sourceFiles: reporter.sources.map(\.name), unusedNodes: unusedNodes)
  }

  private func entry(
    named name: String, _ model: ModelDeclaration, _ shared: [Statement], _ body: Block? = nil
  ) -> Graph {
    builder = GraphBuilder(name: name)
    sources = []
    frame = Frame()
    (parameters, inputs, outputs) = ([:], [:], [:])
    states = StateVersions()
    (configs, weights, tokenizer, task) = ([], nil, nil, nil)
    steps = 0
    do {
      for statement in shared { _ = try run(statement) }
      if let body {
        frame.scopes.append([:])
        _ = try run(body)
      }
    } catch {
      // What ends an elaboration was reported.
    }
    if outputs.isEmpty, !reporter.hasErrors {
      reporter.error(model.name.span, .withoutOutput(body == nil ? nil : name))
    }
    allParameters.merge(parameters) { first, _ in first }
    return reporter.hasErrors ? builder.graph() : pruned(builder.graph())
  }

  /// `graph` without what no output hangs on, which is noted.
  private func pruned(_ graph: Graph) -> Graph {
    let (pruned, sources) = graph.prunedWithSources()
    let kept = Set(sources)
    unusedNodes[graph.name] = graph.nodes.filter { !kept.contains($0.id) }
      .map { .init(op: $0.op.name, origin: $0.origin) }
    return pruned
  }

  // MARK: Limits

  /// Counts one step, or as many as `work` is like; a model that takes too many is given up.
  func step(_ span: Span, work: Int = 1) throws(ElaborationFailure) {
    steps += min(work, Limits.steps + 1)
    if reporter.isFull {
      hasGivenUp = true
      throw ElaborationFailure()
    }
    if steps > Limits.steps { throw giveUp(span, .tooManySteps) }
    if sources.count > 3 * Limits.nodes { throw giveUp(span, .tooManyNodes) }
  }

  private func giveUp(_ span: Span, _ message: Message) -> ElaborationFailure {
    if !hasGivenUp { fail(span, message) }
    hasGivenUp = true
    return ElaborationFailure()
  }

  /// Whether a limit was passed, so that nothing more is run.
  private(set) var hasGivenUp = false
  /// Whether a statement failed: then something was reported, and there is no model.
  var isBroken = false

  /// Runs `body` one level deeper.
  func nested<T>(
    _ span: Span, _ body: () throws(ElaborationFailure) -> T
  ) throws(ElaborationFailure) -> T {
    depth += 1
    defer { depth -= 1 }
    guard depth <= 2 * Limits.nesting else { throw fail(span, .nestedTooDeep) }
    return try body()
  }

  // MARK: Errors

  @discardableResult
  func fail(_ span: Span, _ message: Message, notes: [String] = []) -> ElaborationFailure {
    reporter.error(span, message, notes: notes + callNotes, calls: frame.locations)
    return ElaborationFailure()
  }

  /// How the elaboration got where it is, innermost call first.
  private var callNotes: [String] {
    let notes = frame.calls.reversed().map { "in \($0.layer), called at \($0.location)" }
    return notes.count <= 6 ? notes : Array(notes.prefix(3)) + ["…"] + Array(notes.suffix(2))
  }

  // MARK: The graph

  func origin(_ span: Span) -> Origin {
    Origin([
      Origin.Site(location: reporter.location(span), path: frame.path, calls: frame.locations)
    ])
  }

  /// Notes that the frame calls a value `name`, or that it is the frame's result.
  func label(_ value: ValueID, _ name: String?, _ span: Span) {
    guard name != "_" else { return }
    builder.label(
      Label(
        path: frame.path, within: frame.unnamedLayers, name: name,
        location: reporter.location(span), value: value))
  }

  /// Remembers where the extents of a new value come from.
  func record(_ id: ValueID, _ extents: [Provenance?]) {
    while sources.count < id.index { sources.append([]) }
    if sources.count == id.index { sources.append(extents) } else { sources[id.index] = extents }
  }

  func type(_ id: ValueID) -> TensorType { builder.type(of: id) }

  /// Where the extent of an axis comes from.
  func source(_ id: ValueID, _ axis: Int) -> Provenance? {
    guard sources.indices.contains(id.index), sources[id.index].indices.contains(axis) else {
      return nil
    }
    return sources[id.index][axis]
  }

  /// A value that stands for one which couldn't be made, so that what follows is checked, too.
  func placeholder(_ type: TensorType, _ extents: [Provenance?] = []) -> ValueID {
    let id = builder.input("?", type)
    record(id, extents)
    return id
  }

  /// A number as a tensor without axes.
  func constant(_ value: Value, _ dtype: DType, _ span: Span) throws(ElaborationFailure) -> ValueID
  {
    let tensor: Tensor?
    switch value {
    case .int(let extent):
      guard let number = extent.dim.value else {
        throw fail(span, .symbolicNumber(extent.dim, use: "a number beside a tensor"))
      }
      if dtype == .i32, Int32(exactly: number) == nil {
        throw fail(span, .numberDoesNotFit(number, dtype))
      }
      if dtype == .bool { throw fail(span, .numberBesideBool(reporter.text(span))) }
      tensor = try? Tensor(dtype, dims: [], integers: [number])
    case .float(let number):
      guard dtype.isFloatingPoint else {
        throw fail(span, .floatBesideInteger(reporter.text(span), dtype))
      }
      tensor = try? Tensor(dtype, dims: [], doubles: [number])
    case .floats(let numbers):
      guard dtype.isFloatingPoint else {
        throw fail(span, .floatBesideInteger(reporter.text(span), dtype))
      }
      tensor = try? Tensor(dtype, dims: [numbers.count], doubles: numbers)
    case .bool(let flag):
      guard dtype == .bool else { throw fail(span, .boolBesideNumbers(dtype)) }
      tensor = try? Tensor(.bool, dims: [], doubles: [flag ? 1 : 0])
    default: throw fail(span, .notATensor(value.kind))
    }
    guard let tensor else { throw ElaborationFailure() }
    let id = builder.constant(tensor, origin: origin(span))
    record(id, tensor.dims.map { _ in nil })
    return id
  }
}
