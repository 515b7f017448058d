// What is said about names, imports and declarations.
extension Message {
  // MARK: Files

  static func unreadableFile(_ path: String, _ failure: ProgramLoader.ReadFailure) -> Message {
    switch failure {
    case .missing: Message("there is no file '\(path)'")
    case .notAFile: Message("'\(path)' is no file")
    case .unreadable: Message("'\(path)' can't be read")
    case .tooLong(let bytes):
      Message("'\(path)' has \(bytes) bytes; a graph file has at most \(Limits.sourceBytes)")
    }
  }

  static var importWithoutFolder: Message {
    Message("a text without a file can't import", help: "load it from a file")
  }

  static var emptyImport: Message { Message("the path is empty") }

  static func importOutside(_ path: String, folder: String) -> Message {
    Message(
      "'\(path)' leaves the folder '\(folder)' of the file that is compiled",
      help: "imports stay inside that folder, so that a foreign file can't read others")
  }

  static func fileOutside(_ name: String) -> Message {
    Message(
      "'\(name)' isn't the name of a file in the folder of the weights",
      help: "files stay inside that folder, so that a foreign model can't have others read")
  }

  static func importCycle(_ files: [String]) -> Message {
    Message("files import each other: " + files.joined(separator: " → "))
  }

  static var importsTooDeep: Message {
    Message("more than \(Limits.importDepth) files import each other in a chain")
  }

  // MARK: Declarations

  static func layerDeclaredTwice(_ name: String) -> Message {
    Message(
      "there are two layers '\(name)'",
      help: "the files of a program share one namespace: rename one")
  }

  static func modelDeclaredTwice(_ name: String) -> Message {
    Message("there are two models '\(name)'", help: "rename one")
  }

  static func layerNamedLikeOp(_ name: String) -> Message {
    Message(
      "'\(name)' is an op already",
      help: "layers begin with an uppercase letter: '\(name.capitalizedFirst)'")
  }

  static func shadows(_ name: String, _ kind: Declared.Kind) -> Message {
    Message(
      "'\(name)' is \(kind.phrase) already", help: "one name has one meaning: choose another")
  }

  static func reservedName(_ name: String, meaning: String) -> Message {
    Message("'\(name)' can't be a name: it is \(meaning)")
  }

  static func recursion(_ layers: [String]) -> Message {
    Message(
      "a layer can't call itself: " + layers.joined(separator: " → "),
      help: "repeat with 'for i in 0 ..< n { … }'")
  }

  static func withoutReturn(_ layer: String) -> Message {
    Message("layer '\(layer)' returns nothing", help: "end it with 'return …'")
  }

  static func wrongPlace(_ what: String, _ place: String, help: String?) -> Message {
    Message("'\(what)' can't stand in \(place)", help: help)
  }

  static func settingTwice(_ what: String) -> Message { Message("'\(what)' is given twice") }

  static func unknownTask(_ name: String) -> Message {
    let tasks = ModelTask.allCases.map(\.rawValue)
    return Message(
      "there is no task '\(name)'",
      help: Suggestion.nearest(to: name, among: tasks).map { "did you mean '\($0)'?" }
        ?? "there is " + Suggestion.quotedList(tasks))
  }

  static func unreachable(_ keyword: String) -> Message {
    Message("nothing after '\(keyword)' is reached")
  }

  // MARK: Names

  static func unknownVariable(_ name: String, help: String?) -> Message {
    Message("there is no '\(name)' here", help: help)
  }

  static func unknownCallee(_ name: String, known: [String]) -> Message {
    let isLayer = name.first?.isUppercase == true
    return Message(
      "there is no \(isLayer ? "layer" : "op") '\(name)'",
      help: Suggestion.nearest(to: name, among: known).map { "did you mean '\($0)'?" }
        ?? (isLayer ? "import the file that declares it" : nil))
  }

  static func notCallable(_ name: String, _ kind: Declared.Kind) -> Message {
    Message("'\(name)' is \(kind.phrase), no layer and no op")
  }

  static func layerWithoutCall(_ name: String) -> Message {
    Message("'\(name)' is a layer", help: "call it: \(name)(…)")
  }

  static func opWithoutCall(_ name: String) -> Message {
    Message("'\(name)' is an op", help: "call it: \(name)(…)")
  }

  static func unknownType(_ name: String) -> Message {
    let known =
      DTypeNames.all
      + ["Int", "Float", "Bool", "String", "DType", "[Int]", "[Float]", "[String]"]
    let aliases = [
      "float": "f32", "float32": "f32", "fp32": "f32", "half": "f16", "float16": "f16",
      "bfloat16": "bf16", "int": "Int", "int32": "i32", "long": "i64", "int64": "i64",
      "boolean": "bool", "str": "String", "Double": "Float",
    ]
    let nearest = aliases[name] ?? Suggestion.nearest(to: name, among: known)
    return Message(
      "there is no type '\(name)'",
      help: nearest.map { "did you mean '\($0)'?" } ?? "there is " + Suggestion.quotedList(known))
  }

  static func typeWithoutShape(_ name: String) -> Message {
    Message("'\(name)' has no extents", help: "only tensors have: f32[batch, tokens]")
  }

  static func notATensorType(_ name: String, of what: String) -> Message {
    Message("\(what) is a tensor, not \(name)", help: "write a type such as f32[batch, tokens]")
  }

  static func notAConfigType(_ name: String) -> Message {
    Message("a config is an Int, a Float, a Bool, a String, a [Float] or a [String], not \(name)")
  }

  static var ellipsisOutsideLayer: Message {
    Message(
      "'...' has no meaning here",
      help: "it stands for leading axes that an argument of a layer brings along")
  }

  static func assignsToConstant(_ name: String, _ kind: Declared.Kind) -> Message {
    Message(
      "'\(name)' is \(kind.phrase) and can't change",
      help: kind == .constant ? "declare it with 'var'" : nil)
  }

  static func assignsToUnknown(_ name: String, nearest: String?) -> Message {
    Message(
      "there is no '\(name)' to assign to",
      help: nearest.map { "did you mean '\($0)'?" } ?? "declare it: let \(name) = …")
  }

  static func unused(_ name: String, _ kind: Declared.Kind) -> Message {
    Message(
      "'\(name)' is never used",
      help: kind == .parameter ? nil : "remove it, or call it '_' to ignore a result")
  }

  // MARK: Calls

  static func asOnOp(_ name: String) -> Message {
    Message(
      "'\(name)' is an op and has no parameters to name", help: "'as' stands after calls of layers")
  }

  static func unknownLabel(_ label: String, of callee: String, known: [String]) -> Message {
    Message(
      "'\(callee)' has no argument '\(label)'",
      help: Suggestion.nearest(to: label, among: known).map { "did you mean '\($0)'?" }
        ?? (known.isEmpty ? "it takes none" : "it takes " + Suggestion.quotedList(known)))
  }

  static func labelTwice(_ label: String) -> Message { Message("'\(label)' is given twice") }

  static var positionalAfterLabel: Message {
    Message(
      "an argument without a label follows one with a label",
      help: "arguments by position come first")
  }

  static func tooManyArguments(_ callee: String, takes: Int, found: Int) -> Message {
    Message("'\(callee)' takes \(takes) argument\(takes == 1 ? "" : "s"), found \(found)")
  }

  static func missingArguments(_ callee: String, _ missing: [String], form: String) -> Message {
    Message(
      "'\(callee)' needs \(Suggestion.quotedList(missing))", help: "it is declared as \(form)")
  }

  static func unknownInitializer(_ text: String) -> Message {
    Message(
      "'\(text)' is no initializer",
      help: "there is zeros, ones, constant(0.5), normal(deviation: 0.02) and "
        + "uniform(low: -0.1, high: 0.1)")
  }
}

extension String {
  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
