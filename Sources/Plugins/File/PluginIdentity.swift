import CPlugin

/// Who a plugin in C is, as its file says: `weft_plugin_identity`.
public struct PluginIdentity: Hashable, Sendable {
  /// The name in messages.
  public let name: String
  /// Its own version.
  public let version: String
  /// The version of the interface that it was built for.
  public let abi: Int
  /// The revision of the header that it was built with.
  public let revision: Int
  /// The compiler.
  public let builtWith: String

  /// The symbol that holds it.
  public static let symbol = "weft_plugin"
  /// The symbol of its ops.
  static let table = "weft_plugin_ops"

  private static let magic = Array("weftplug".utf8)

  /// Reads the identity of the plugin at `path` from its symbol's bytes.
  ///
  /// The version is looked at before all but the magic word, so that a plugin of another version is
  /// told of its version.
  init(_ bytes: [UInt8], path: String) throws(PluginError) {
    func field(_ at: Int, _ size: Int) -> String? {
      guard at + size <= bytes.count else { return nil }
      let text = bytes[at..<at + size].prefix { $0 != 0 }
      // A text that fills its field has lost its end.
      return text.count < size ? String(validating: text, as: UTF8.self) : nil
    }
    func number(_ at: Int) -> Int {
      (0..<4).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) }
    }
    guard bytes.count >= 24, Array(bytes[..<8]) == Self.magic else {
      throw .damaged(path: path, what: "its symbol '\(Self.symbol)' isn't what WEFT_PLUGIN defines")
    }
    abi = number(12)
    revision = number(16)
    name = field(24, 64) ?? ""
    version = field(88, 32) ?? ""
    builtWith = field(120, 256) ?? ""
    guard abi == Int(WEFT_PLUGIN_ABI) else {
      throw .otherABI(
        path: path, plugin: Self.isName(name) ? name : "?", found: abi,
        expected: Int(WEFT_PLUGIN_ABI), builtWith: builtWith)
    }
    let size = number(8)
    guard size >= MemoryLayout<weft_plugin_identity>.size, size <= bytes.count else {
      throw .damaged(path: path, what: "its identity says that it has \(size) bytes")
    }
    guard Self.isName(name) else {
      throw .damaged(path: path, what: "its name isn't letters, digits, '-' and '_'")
    }
  }

  private static func isName(_ text: String) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
          true
        default: false
        }
      }
  }
}
