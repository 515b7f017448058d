import IR

/// Checks every layer and model for what is wrong however it is called: names that don't exist,
/// names declared twice, labels that nobody takes, statements out of place, layers that call
/// themselves. Branches that a config switches off are checked, too.
struct Resolver {
  /// Where a statement stands.
  enum Place: Equatable {
    case layer, model, entry
    /// A model that has entries.
    case modelWithEntries

    var phrase: String {
      switch self {
      case .layer: "a layer"
      case .model: "a model"
      case .entry: "an entry"
      case .modelWithEntries: "a model with entries"
      }
    }
  }

  let program: Program
  let ops: OpTable
  let reporter: Reporter
  var scopes: [[String: Declared]] = []
  var place = Place.model
  /// Names of configs, for layers that forget to take them as arguments.
  let configs: Set<String>
  /// Layers that the layer at hand calls, with the first call of each.
  var calls: [String: Span] = [:]
  /// Outputs of the model at hand, which are no variables.
  var outputs: Set<String> = []
  private var callees: [String: [String: Span]] = [:]
  /// Whether layers call each other in a circle: then nothing can be elaborated.
  private(set) var isRecursive = false

  init(_ program: Program, _ ops: OpTable, _ reporter: Reporter) {
    self.program = program
    self.ops = ops
    self.reporter = reporter
    configs = Set(
      program.models.flatMap(\.body.statements).flatMap { statement -> [String] in
        if case .config(let items) = statement.kind { items.map(\.name.text) } else { [] }
      })
  }

  /// Checks everything.
  mutating func run() {
    for file in program.files {
      for layer in file.layers { check(layer) }
    }
    var models: Set<String> = []
    for model in program.models {
      if !models.insert(model.name.text).inserted {
        reporter.error(model.name.span, .modelDeclaredTwice(model.name.text))
      }
      check(model)
    }
    checkRecursion()
  }

  // MARK: Scopes

  mutating func declare(_ name: Name, _ kind: Declared.Kind) {
    guard name.text != "_" else { return }
    if let meaning = Resolver.reservedMeaning(name.text) {
      reporter.error(name.span, .reservedName(name.text, meaning: meaning))
      return
    }
    if let first = find(name.text) {
      reporter.error(
        name.span, .shadows(name.text, first.kind),
        notes: ["it is declared at \(reporter.location(first.span))"])
      return
    }
    scopes[scopes.count - 1][name.text] = Declared(kind: kind, span: name.span)
  }

  private static func reservedMeaning(_ name: String) -> String? {
    if DTypeNames.all.contains(name) || DTypeNames.scalars.contains(name) { return "a type" }
    return nil
  }

  func find(_ name: String) -> Declared? {
    for scope in scopes.reversed() { if let found = scope[name] { return found } }
    return nil
  }

  /// The names that can be used here.
  var visibleNames: [String] { scopes.flatMap(\.keys) }

  mutating func use(_ name: String) -> Declared? {
    for i in scopes.indices.reversed() where scopes[i][name] != nil {
      scopes[i][name]?.isUsed = true
      return scopes[i][name]
    }
    return nil
  }

  mutating func scoped(_ body: (inout Resolver) -> Void) {
    scopes.append([:])
    body(&self)
    let ended = scopes.removeLast()
    guard !program.isIncomplete else { return }
    for (name, declared) in ended.sorted(by: { $0.value.span.start < $1.value.span.start })
    where !declared.isUsed {
      switch declared.kind {
      case .constant, .variable, .parameter:
        reporter.warning(declared.span, .unused(name, declared.kind))
      default: break
      }
    }
  }

  // MARK: Declarations

  private mutating func check(_ layer: LayerDeclaration) {
    place = .layer
    calls = [:]
    if ops[layer.name.text] != nil || NumberFunction(rawValue: layer.name.text) != nil {
      reporter.error(layer.name.span, .layerNamedLikeOp(layer.name.text))
    }
    scoped { resolver in
      for parameter in layer.parameters { resolver.declare(parameter.name, .argument) }
      let types = layer.parameters.map(\.type)
      for type in types { resolver.declareDimensions(of: type, as: .dimension) }
      for type in types { resolver.check(type, allowsEllipsis: true) }
      for case let value? in layer.parameters.map(\.value) { resolver.check(value) }
      for type in layer.results {
        resolver.check(type, allowsEllipsis: true)
        resolver.requireTensor(type, of: "what a layer gives")
      }
      resolver.scoped { $0.check(layer.body) }
    }
    if !layer.body.mayReturn, !program.isIncomplete {
      reporter.error(layer.name.span, .withoutReturn(layer.name.text))
    }
    callees[layer.name.text] = calls
  }

  private mutating func check(_ model: ModelDeclaration) {
    let hasEntries = model.body.statements.contains { $0.isEntry }
    place = hasEntries ? .modelWithEntries : .model
    calls = [:]
    var settings: Set<Statement.Setting> = []
    for case .setting(let setting, let value) in model.body.statements.map(\.kind)
    where !settings.insert(setting).inserted {
      reporter.error(value.span, .settingTwice(setting.rawValue))
    }
    outputs = []
    scoped { $0.check(model.body) }
    outputs = []
  }

  /// Names in a type's extents that mean nothing yet are dimensions.
  mutating func declareDimensions(of type: TypeSyntax, as kind: Declared.Kind) {
    guard !DTypeNames.scalars.contains(type.name.text) else { return }
    for dim in type.dims {
      // A layer takes extents as they come; an input may be longer than its symbol says.
      let bound = kind == .symbol || dim.simpleName != nil ? dim.boundName : nil
      guard let name = bound, find(name.text) == nil, !DTypeNames.all.contains(name.text) else {
        continue
      }
      declare(name, kind)
    }
  }

  // MARK: Recursion

  private mutating func checkRecursion() {
    var done: Set<String> = []
    var stack: [String] = []
    func visit(_ name: String) {
      guard !done.contains(name), stack.count <= 4 * Limits.callDepth else { return }
      stack.append(name)
      for (callee, span) in (callees[name] ?? [:]).sorted(by: { $0.key < $1.key }) {
        if let start = stack.firstIndex(of: callee) {
          reporter.error(span, .recursion(Array(stack[start...]) + [callee]))
          isRecursive = true
        } else {
          visit(callee)
        }
      }
      stack.removeLast()
      done.insert(name)
    }
    for name in callees.keys.sorted() { visit(name) }
  }
}

extension Statement {
  var isEntry: Bool { if case .entry = kind { true } else { false } }

  /// Whether a model with entries may have it outside of them.
  var mayBeShared: Bool {
    switch kind {
    case .entry, .input, .output: false
    default: true
    }
  }

  /// Whether a layer may have it.
  var mayStandInLayer: Bool {
    switch kind {
    case .entry, .input, .output, .config, .setting: false
    default: true
    }
  }
}

extension Block {
  /// Whether a `return` stands in it, however deep.
  var mayReturn: Bool {
    statements.contains { statement in
      switch statement.kind {
      case .return: true
      case .loop(_, _, _, let body): body.mayReturn
      case .conditional(let branches, let otherwise):
        branches.contains { $0.body.mayReturn } || otherwise?.mayReturn == true
      default: false
      }
    }
  }
}
