import Foundation

/// A report as one HTML page that needs nothing else: styles, scripts and data are in it, and its
/// content security policy lets it load nothing.
///
/// The same data always give the same bytes. Nothing in the data can become markup: see ``Markup``.
public struct HTMLReport: Sendable {
  /// The page, in UTF-8.
  public let bytes: [UInt8]

  /// The page as text.
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  /// The page of `data`.
  ///
  /// - Throws: what the encoder throws for values that JSON can't hold.
  public init(_ data: ReportData) throws {
    let script = Page.script
    let parts: [String: [UInt8]] = [
      "title": Array(Markup.escaped(HTMLReport.title(of: data)).utf8),
      "scriptHash": Array(SHA256.base64(of: script).utf8),
      "style": Page.style,
      "data": Array(Markup.inScript(try HTMLReport.json(data)).utf8),
      "script": script,
    ]
    bytes = Page.filled(with: parts)
  }

  /// What the browser's tab says.
  private static func title(of data: ReportData) -> String {
    let profile = data.profile
    let name = profile.entry == "main" ? profile.model : "\(profile.model), \(profile.entry)"
    let bound = profile.bindings.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    return "\(([name] + bound).joined(separator: " ")) · Weft profile"
  }

  /// The data on one line, keys sorted.
  private static func json(_ data: ReportData) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return String(decoding: try encoder.encode(data), as: UTF8.self)
  }
}
