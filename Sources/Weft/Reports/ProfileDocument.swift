import Foundation

/// What a profile is written as, by the extension of the file's name.
public enum ProfileDocument: String, CaseIterable, Sendable {
  /// All of it as one page: ``HTMLReport``.
  case html
  /// A few runs on a time axis, for ui.perfetto.dev: ``Timeline``.
  case json

  /// The document that a file of this name holds.
  public static func named(_ file: URL) throws(ModelError) -> ProfileDocument {
    guard let document = ProfileDocument(rawValue: file.pathExtension.lowercased()) else {
      throw .profileFormat(file.lastPathComponent, known: allCases.map(\.rawValue))
    }
    return document
  }

  /// The file's bytes, for runs that were timed just now.
  public func data(of runs: ProfiledRuns) throws -> Data {
    switch self {
    case .html: Data(try HTMLReport(runs.entry.report(of: runs, date: .now)).bytes)
    case .json: Data(runs.timeline.json.utf8)
    }
  }
}

extension Profile {
  /// The profile that ``JSONReport/json()`` wrote to `file`.
  ///
  /// - Throws: ``FileError``, ``ProfileError``.
  public init(contentsOf file: URL) throws {
    let data = try FileReading.data(file, limit: Profile.byteLimit)
    try self.init(json: data, file: file.relativePath)
  }
}
