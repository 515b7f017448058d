import Foundation

/// A folder with Weft's sources, which plugins are built against.
public struct WeftCheckout: Sendable {
  /// The folder.
  public let folder: URL

  /// The checkout at `url`.
  public init(at url: URL) throws(PluginTemplateError) {
    guard Self.isCheckout(url) else { throw .noCheckout(url.path) }
    folder = url.standardizedFileURL
  }

  /// The one that this program was built in.
  public static func ofProgram() throws(PluginTemplateError) -> WeftCheckout {
    var place = Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent()
    while let folder = place, folder.path != "/" {
      if isCheckout(folder) { return try WeftCheckout(at: folder) }
      place = folder.deletingLastPathComponent()
    }
    throw .noCheckout(nil)
  }

  private static func isCheckout(_ folder: URL) -> Bool {
    ["Package.swift", "Sources/WeftPlugin"].allSatisfy {
      FileManager.default.fileExists(atPath: folder.appending(path: $0).path)
    }
  }
}

/// Why a package can't be written.
public enum PluginTemplateError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The name can't be a plugin's.
  case name(String)
  /// An op's name that the graph language has for itself.
  case keyword(String)
  /// An op's name that an op of Weft has.
  case taken(String)
  /// There is no such beginning in that language.
  case notThere(PluginTemplate.Kind, PluginTemplate.Language)
  /// The folder is no checkout of Weft; nil: nor is any around the program.
  case noCheckout(String?)

  public var description: String {
    switch self {
    case .name(let name):
      "a plugin's name is small letters, digits and '-', and begins with a letter; found '\(name)'"
    case .keyword(let name): "an op can't be named '\(name)', a keyword of the graph language"
    case .taken(let name): "an op named '\(name)' is there already, one of Weft's own"
    case .notThere(let kind, let language):
      "a plugin in \(language.rawValue) can't begin with --kind \(kind.rawValue): C has ops"
    case .noCheckout(let path?): "\(path): expected a checkout of Weft"
    case .noCheckout(nil):
      "the program doesn't lie in a checkout of Weft (give --weft FOLDER)"
    }
  }
}
