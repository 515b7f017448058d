import Compiler
import IR

/// Everything that plugins registered: what a graph file may use and what the compiler runs.
///
/// A value, built once and immutable after. There is no global.
public struct Registry: Sendable {
  /// The ops that a graph may use.
  public private(set) var ops: OpTable
  /// The passes, in the order in which they run.
  public private(set) var passes: [any Pass] = []
  /// The plugins, in the order in which they registered.
  public private(set) var plugins: [String] = []
  private var passOwners: [String: String] = [:]

  /// A registry of `plugins`, in this order.
  public init(_ plugins: [any Plugin]) throws(RegistryError) {
    do { ops = try OpTable() } catch { throw .op(plugin: "", error) }
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

  /// Adds a Swift op under its name.
  public mutating func add(_ op: any Op.Type) throws(RegistryError) { try add(OpDefinition(op)) }

  /// Adds an op under its name.
  public mutating func add(_ op: OpDefinition) throws(RegistryError) {
    do { try ops.add(op) } catch { throw .op(plugin: plugins.last ?? "", error) }
  }

  /// Appends a pass to the pipeline. A plugin may let a pass of its own run more than once.
  public mutating func add(_ pass: any Pass) throws(RegistryError) {
    let plugin = plugins.last ?? ""
    let owner = passOwners[pass.name] ?? plugin
    guard owner == plugin else {
      throw .passTaken(plugin: plugin, pass: pass.name, owner: owner)
    }
    passOwners[pass.name] = plugin
    passes.append(pass)
  }
}

/// Why a plugin couldn't register.
public enum RegistryError: Error, CustomStringConvertible {
  /// Two plugins have one name.
  case pluginTwice(String)
  /// A plugin's op can't be added.
  case op(plugin: String, OpTableError)
  /// Another plugin has a pass of that name.
  case passTaken(plugin: String, pass: String, owner: String)

  public var description: String {
    switch self {
    case .pluginTwice(let name): "two plugins are named '\(name)'"
    case .op(let plugin, let error): "plugin '\(plugin)': \(error)"
    case .passTaken(let plugin, let pass, let owner):
      "plugin '\(plugin)': a pass named '\(pass)' is registered already, by plugin '\(owner)'"
    }
  }
}
