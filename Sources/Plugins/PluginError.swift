/// Why a file isn't taken as a plugin, as data; the text is in one place.
public enum PluginError: Error, Hashable, Sendable {
  /// The system can't give its bytes.
  case unreadable(reason: String)
  /// It is no shared library in the form that this system loads.
  case notALibrary(path: String, found: String)
  /// It ends too early, or its parts contradict each other.
  case damaged(path: String, what: String)
  /// It is for another processor.
  case otherMachine(path: String, found: String, expected: String)
  /// It is a library, but none of a plugin.
  case noPlugin(path: String, symbols: [String])
  /// It was built for another version of the border between plugins and Weft.
  case otherABI(path: String, plugin: String, found: Int, expected: Int, builtWith: String)
  /// It is in Swift, and was built against another Weft.
  case otherBuild(path: String, found: SwiftPluginIdentity, expected: SwiftPluginIdentity)
  /// It is in Swift, and this program can't have such plugins.
  case needsLibrary(path: String, missing: String?)
  /// It brought another copy of Weft into the process.
  case secondCopy(path: String)
  /// The system can't load it.
  case notLoaded(path: String, reason: String)
  /// What was loaded isn't what was looked at before.
  case changed(path: String)
  /// It says something about itself, or about an op of its, that can't be.
  case invalid(plugin: String, op: String?, reason: String, hint: String?)
}

extension PluginError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unreadable(let reason): reason
    case .notALibrary(let path, let found):
      "\(path): expected a shared library, found \(found)"
        + "\nhelp: a plugin in C is built by: cc -O2 -fPIC -shared -o NAME.so NAME.c"
    case .damaged(let path, let what):
      "\(path): is damaged: \(what)\nhelp: build it again, or copy it again"
    case .otherMachine(let path, let found, let expected):
      "\(path): is built for \(found), and this program runs on \(expected)"
        + "\nhelp: build it on this machine, or with a compiler for \(expected)"
    case .noPlugin(let path, let symbols):
      "\(path): is a library, but no plugin: it exports neither of "
        + symbols.map { "'\($0)'" }.joined(separator: ", ")
        + "\nhelp: in C, WEFT_PLUGIN(\"name\", \"version\", ops) stands once in a plugin; in Swift, a"
        + " function of that name returns exported(…): weft plugins new writes one"
    case .otherABI(let path, let plugin, let found, let expected, let builtWith):
      "\(path): plugin '\(plugin)' was built for version \(found) of Weft's plugin interface"
        + (builtWith.isEmpty ? "" : " (by \(builtWith))")
        + ", and this Weft has version \(expected)"
        + "\nhelp: build it again with the weft_plugin.h of this Weft"
    case .otherBuild(let path, let found, let expected):
      "\(path): was built for \(found), and this is \(expected)"
        + "\nhelp: build it again, against the sources of this Weft: swift build"
    case .needsLibrary(let path, let missing):
      "\(path): a plugin in Swift needs Weft as a library, "
        + (missing.map { "and there is no \($0)" } ?? "and this program has it built in")
        + "\nhelp: swift build in Weft's checkout builds weft-host and libWeftPlugin.so, which lie beside"
        + " weft; a program of your own depends on the product WeftPlugin"
    case .secondCopy(let path):
      "\(path): brings a copy of Weft along, and would register with that"
        + "\nhelp: let it depend on the product WeftPlugin, and on none of Weft's others"
    case .notLoaded(let path, let reason):
      "\(path): can't be loaded: \(reason)"
    case .changed(let path):
      "\(path): changed while it was loaded, or another file of that name was loaded before"
        + "\nhelp: start again"
    case .invalid(let plugin, let op, let reason, let hint):
      "plugin '\(plugin)'" + (op.map { ", op '\($0)'" } ?? "") + ": \(reason)"
        + (hint.map { "\nhelp: \($0)" } ?? "")
    }
  }
}
