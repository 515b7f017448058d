/// What a plugin in Swift was built against, as its library says: sources of Weft, and compiler.
public struct SwiftPluginIdentity: Hashable, Sendable {
  /// The version of the border between plugins in Swift and Weft.
  public let abi: Int
  /// Weft's version.
  public let weft: String
  /// A hash of Weft's sources.
  public let build: String
  /// The compiler's version.
  public let compiler: String

  /// The function that gives the plugin.
  public static let symbol = "weft_swift_plugin"
  /// The version of the border that this Weft has.
  public static let abi = 1

  private static let mark = "WEFT-SWIFT-PLUGIN;"
  private static let end = ";end"

  /// Whether `file` says that it is a plugin in Swift.
  public static func isPlugin(_ file: SharedLibraryFile) -> Bool { file.exports(symbol) }

  /// Reads the identity from a plugin's file, of which nothing runs.
  public init(_ file: SharedLibraryFile) throws(PluginError) {
    let texts = file.texts(from: Self.mark, to: Self.end, limit: 256)
    guard let text = texts.first, texts.count == 1, let identity = Self(text) else {
      throw .damaged(
        path: file.path,
        what: texts.isEmpty
          ? "it exports '\(Self.symbol)' and doesn't say what it was built against"
          : "it says \(texts.count > 1 ? "several times, and differently," : "") what it was built"
            + " against in a way that this Weft can't read")
    }
    self = identity
  }

  /// Reads `WEFT-SWIFT-PLUGIN;abi=1;weft=…;build=…;compiler=…;end`.
  public init?(_ text: String) {
    guard text.hasPrefix(Self.mark), text.hasSuffix(Self.end) else { return nil }
    var fields: [Substring: Substring] = [:]
    for field in text.split(separator: ";").dropFirst().dropLast() {
      let pair = field.split(separator: "=", maxSplits: 1)
      guard pair.count == 2 else { return nil }
      fields[pair[0]] = pair[1]
    }
    guard let abi = fields["abi"].flatMap({ Int($0) }) else { return nil }
    self.abi = abi
    weft = String(fields["weft"] ?? "?")
    build = String(fields["build"] ?? "?")
    compiler = String(fields["compiler"] ?? "?")
  }
}

extension SwiftPluginIdentity: CustomStringConvertible {
  public var description: String {
    "Weft \(weft), build \(build), Swift \(compiler), plugin ABI \(abi)"
  }
}
