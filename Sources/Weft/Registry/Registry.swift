import Compiler
import IR
import Tokenizers

/// Everything that plugins registered: what a graph file may use, what the compiler runs, what is read
/// and written, and how results are shown.
///
/// A value, built once and immutable after. There is no global.
public struct Registry: Sendable {
  /// The ops that a graph may use.
  public private(set) var ops: OpTable
  /// The passes, in the order in which they run.
  public private(set) var passes: [any Pass] = []
  /// Graph files that are no files on disk.
  public private(set) var graphFiles = RegisteredGraphFiles()
  /// Kernels for ops beside those that the ops have themselves.
  public private(set) var kernels: [any KernelOffer] = []
  /// The forms of files that weights are in.
  public private(set) var formats: [any WeightFormat] = []
  /// What a tokenizer.json may name.
  public private(set) var tokenizerParts = TokenizerParts()
  /// What a profile can be written as.
  public private(set) var reports: [any ProfileReport] = []
  /// The colours that pictures are drawn in, by name.
  public private(set) var themes: [String: Theme] = [:]
  /// Commands of plugins.
  public private(set) var commands: [any PluginCommand] = []
  /// The plugins, in the order in which they registered.
  public private(set) var plugins: [String] = []
  private var owners: [Contribution: String] = [:]

  /// A registry of `plugins`, in this order.
  public init(_ plugins: [any Plugin]) throws(RegistryError) {
    ops = OpTable.empty
    for plugin in plugins {
      guard !self.plugins.contains(plugin.name) else { throw .pluginTwice(plugin.name) }
      self.plugins.append(plugin.name)
      try plugin.register(in: &self)
    }
  }

  /// What Weft ships.
  public static func standard() throws(RegistryError) -> Registry {
    try Registry([StandardPlugin()])
  }

  /// What the plugin of that name registered, by kind and name.
  public func contributions(of plugin: String) -> [Contribution] {
    owners.filter { $0.value == plugin }.map(\.key).sorted()
  }

  /// Writes down that the plugin which registers now has the name, or says who has it.
  private mutating func claim(
    _ kind: Contribution.Kind, _ name: String, again: Bool = false
  ) throws(RegistryError) {
    let plugin = plugins.last ?? ""
    let contribution = Contribution(kind: kind, name: name)
    if let owner = owners[contribution], owner != plugin || !again {
      throw .taken(contribution, plugin: plugin, owner: owner)
    }
    owners[contribution] = plugin
  }
}

extension Registry {
  /// Adds a Swift op under its name.
  public mutating func add(_ op: any Op.Type) throws(RegistryError) {
    try add(OpDefinition(op))
  }

  /// Adds an op under its name.
  public mutating func add(_ op: OpDefinition) throws(RegistryError) {
    try claim(.op, op.name)
    do { try ops.add(op) } catch { throw .op(plugin: plugins.last ?? "", error) }
  }

  /// Adds a pass to the pipeline. A plugin may let a pass of its own run more than once.
  public mutating func add(
    _ pass: any Pass, _ place: PassPlace = .last
  ) throws(RegistryError) {
    try claim(.pass, pass.name, again: true)
    guard let at = place.index(in: passes.map(\.name)) else {
      throw .unknownPass(plugin: plugins.last ?? "", pass: pass.name, place)
    }
    passes.insert(pass, at: at)
  }

  /// Adds a graph file, which graph files anywhere import by its path.
  public mutating func add(_ file: GraphFile) throws(RegistryError) {
    guard file.isWellNamed else {
      throw .graphFilePath(plugin: plugins.last ?? "", path: file.path)
    }
    try claim(.graphFile, file.path)
    graphFiles.add(file)
  }

  /// Adds a kernel for an op that is registered already.
  public mutating func add(_ kernel: any KernelOffer) throws(RegistryError) {
    guard ops[kernel.op] != nil else {
      throw .kernelOfUnknownOp(plugin: plugins.last ?? "", kernel: kernel.name, op: kernel.op)
    }
    try claim(.kernel, kernel.name)
    kernels.append(kernel)
  }

  /// Adds a form of files that weights are in; the extensions of its files' names must be free, too.
  public mutating func add(_ format: any WeightFormat) throws(RegistryError) {
    try claim(.format, format.name)
    for suffix in format.fileExtensions where suffix != format.name {
      try claim(.format, suffix)
    }
    formats.append(format)
  }

  /// Adds a part of tokenizers under its `type`.
  public mutating func add(_ part: TokenizerPart) throws(RegistryError) {
    try claim(Contribution.Kind(part.kind), part.type)
    tokenizerParts.add(part)
  }

  /// Adds what a profile can be written as.
  public mutating func add(_ report: any ProfileReport) throws(RegistryError) {
    try claim(.report, report.fileExtension)
    reports.append(report)
  }

  /// Adds the colours of pictures.
  public mutating func add(_ theme: Theme, named name: String) throws(RegistryError) {
    try claim(.theme, name)
    themes[name] = theme
  }

  /// Adds a command.
  public mutating func add(_ command: any PluginCommand) throws(RegistryError) {
    try claim(.command, command.name)
    commands.append(command)
  }
}

/// Something that a plugin registered.
public struct Contribution: Hashable, Comparable, Sendable {
  /// What it is.
  public enum Kind: String, CaseIterable, Sendable {
    case op
    case pass
    case graphFile = "graph file"
    case kernel
    case format
    case normalizer
    case preTokenizer = "pre-tokenizer"
    case tokenizerModel = "tokenizer model"
    case postProcessor = "post-processor"
    case decoder
    case report
    case theme
    case command

    init(_ kind: TokenizerPart.Kind) {
      self =
        switch kind {
        case .normalizer: .normalizer
        case .preTokenizer: .preTokenizer
        case .model: .tokenizerModel
        case .postProcessor: .postProcessor
        case .decoder: .decoder
        }
    }
  }

  /// What it is.
  public let kind: Kind
  /// Its name, the only one of its kind.
  public let name: String

  public static func < (a: Contribution, b: Contribution) -> Bool {
    let order = Kind.allCases
    let (x, y) = (order.firstIndex(of: a.kind) ?? 0, order.firstIndex(of: b.kind) ?? 0)
    return x != y ? x < y : a.name < b.name
  }
}

/// Where a pass stands in the pipeline.
public enum PassPlace: Hashable, Sendable {
  /// After all that are there.
  case last
  /// Before the first pass of that name.
  case before(String)
  /// After the last pass of that name.
  case after(String)

  fileprivate func index(in names: [String]) -> Int? {
    switch self {
    case .last: names.count
    case .before(let name): names.firstIndex(of: name)
    case .after(let name): names.lastIndex(of: name).map { $0 + 1 }
    }
  }
}
