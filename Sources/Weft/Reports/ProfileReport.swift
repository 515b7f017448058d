import Foundation

/// What a profile can be written as: `weft profile … -o FILE` takes the one of the file's extension.
public protocol ProfileReport: Sendable {
  /// The extension of its files' names, in lower case: `html`.
  var fileExtension: String { get }
  /// One sentence on what it shows.
  var summary: String { get }
  /// The file's bytes, for runs that were timed just now.
  func data(of runs: ProfiledRuns) throws -> Data
}

/// The reports that Weft ships.
public enum StandardReports {
  /// All of them.
  public static let all: [any ProfileReport] = [PageReport(), TimelineReport()]
}

/// All of a profile as one page: ``HTMLReport``.
public struct PageReport: ProfileReport {
  public let fileExtension = "html"
  public let summary = "All of a profile as one page."

  /// The report.
  public init() {}

  public func data(of runs: ProfiledRuns) throws -> Data {
    Data(try HTMLReport(runs.entry.report(of: runs, date: .now)).bytes)
  }
}

/// A few runs on a time axis, for ui.perfetto.dev: ``Timeline``.
public struct TimelineReport: ProfileReport {
  public let fileExtension = "json"
  public let summary = "A few runs on a time axis, for ui.perfetto.dev."

  /// The report.
  public init() {}

  public func data(of runs: ProfiledRuns) throws -> Data { Data(runs.timeline.json.utf8) }
}

extension Registry {
  /// The report that a file of this name holds.
  public func report(of file: URL) throws(ModelError) -> any ProfileReport {
    let suffix = file.pathExtension.lowercased()
    guard let report = reports.first(where: { $0.fileExtension == suffix }) else {
      throw .profileFormat(file.lastPathComponent, known: reports.map(\.fileExtension))
    }
    return report
  }

  /// The colours of that name.
  public func theme(_ name: String) throws(ModelError) -> Theme {
    guard let theme = themes[name] else {
      throw .unknownTheme(name, known: themes.keys.sorted())
    }
    return theme
  }
}
