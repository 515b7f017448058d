import Foundation

/// Brings graph files into the canonical style.
public enum GraphFormatting {
  /// What became of a file.
  public enum Outcome: Sendable {
    /// Its canonical text, and whether that differs from what it holds.
    case formatted(String, isChanged: Bool)
    /// It can't be parsed.
    case invalid([Diagnostic])
  }

  /// Files larger than this are refused.
  private static let byteLimit = 64 << 20

  /// The canonical text of `file`, which isn't touched.
  public static func format(file: URL) throws -> Outcome {
    let data = try FileReading.data(file, limit: byteLimit)
    switch GraphLanguage.format(SourceText(name: file.relativePath, bytes: Array(data))) {
    case .success(let text): return .formatted(text, isChanged: Data(text.utf8) != data)
    case .failure(let failure): return .invalid(failure.diagnostics)
    }
  }
}
