/// Why a plugin couldn't register.
public enum RegistryError: Error, CustomStringConvertible {
  /// Two plugins have one name.
  case pluginTwice(String)
  /// Another plugin has the name, or the same one has it twice.
  case taken(Contribution, plugin: String, owner: String)
  /// A plugin's op can't be added.
  case op(plugin: String, OpTableError)
  /// A pass is to stand beside one that there isn't.
  case unknownPass(plugin: String, pass: String, PassPlace)
  /// A graph file's path isn't one.
  case graphFilePath(plugin: String, path: String)
  /// A kernel is for an op that there isn't.
  case kernelOfUnknownOp(plugin: String, kernel: String, op: String)
  /// The plugin says itself why it can't.
  case refused(plugin: String, reason: String)

  public var description: String {
    switch self {
    case .pluginTwice(let name): "two plugins are named '\(name)'"
    case .taken(let what, let plugin, let owner):
      "plugin '\(plugin)': \(what.kind == .op ? "an" : "a") \(what.kind.rawValue) named '\(what.name)' is registered already, "
        + (owner == plugin ? "by itself" : "by plugin '\(owner)'")
    case .op(let plugin, let error): "plugin '\(plugin)': \(error)"
    case .unknownPass(let plugin, let pass, let place):
      "plugin '\(plugin)': pass '\(pass)' is to run \(place), and there is no such pass"
    case .graphFilePath(let plugin, let path):
      "plugin '\(plugin)': the path of a graph file is like 'moe/layers.weft', found '\(path)'"
    case .kernelOfUnknownOp(let plugin, let kernel, let op):
      "plugin '\(plugin)': kernel '\(kernel)' is for the op '\(op)', and there is no such op"
    case .refused(let plugin, let reason): "plugin '\(plugin)': \(reason)"
    }
  }
}

extension PassPlace: CustomStringConvertible {
  public var description: String {
    switch self {
    case .last: "last"
    case .before(let name): "before '\(name)'"
    case .after(let name): "after '\(name)'"
    }
  }
}
