import Foundation
import GraphLanguage
import IR
import Operators
import Testing

/// Graph files with mistakes, each with the exact text of what is said about it.
///
/// `WEFT_BLESS=1` writes the texts anew: read them before they are committed.
struct DiagnosticTests {
  static let folder = Fixtures.tests.appending(path: "Wrong", directoryHint: .isDirectory)
  static let files = Fixtures.graphFiles(below: folder).filter {
    $0.deletingLastPathComponent().lastPathComponent == "Wrong"
  }

  @Test(arguments: files)
  func `a wrong graph file is explained`(_ file: URL) throws {
    let name = file.lastPathComponent
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
    var options = ElaborationOptions(ops: BuiltinOps.table())
    for line in lines where line.hasPrefix("// --set ") {
      let parts = line.dropFirst("// --set ".count).split(separator: "=", maxSplits: 1)
      options.settings[String(parts[0])] = String(parts[1])
    }
    for line in lines where line.hasPrefix("// config.json ") {
      options.configuration = try TestConfiguration(json: String(line.dropFirst(15)))
    }
    let url = URL(filePath: name, relativeTo: DiagnosticTests.folder)
    let diagnostics = GraphLanguage.elaborate(file: url, options).diagnostics
    let text = diagnostics.map { $0.description + "\n" }.joined(separator: "\n")
    let golden = file.deletingPathExtension().appendingPathExtension("expected")
    if ProcessInfo.processInfo.environment["WEFT_BLESS"] == "1" {
      try Data(text.utf8).write(to: golden)
    }
    let expected = try String(contentsOf: golden, encoding: .utf8)
    #expect(!text.isEmpty)
    #expect(text == expected)
  }

  @Test func `there are at least sixty wrong files`() { #expect(DiagnosticTests.files.count >= 60) }
}

/// A `config.json` in memory.
struct TestConfiguration: ConfigurationLookup {
  let name = "config.json"
  private let values: [String: ConfigurationScalar]

  init(_ values: [String: ConfigurationScalar]) { self.values = values }

  init(json: String) throws {
    let object = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any] ?? [:]
    values = object.mapValues(Self.scalar)
  }

  private static func scalar(_ value: Any) -> ConfigurationScalar {
    switch value {
    case let text as String: .string(text)
    case let number as NSNumber:
      if "\(number)".contains(".") { .double(number.doubleValue) } else { .int(number.intValue) }
    case is NSNull: .null
    case let list as [Any]: .list(list.map(scalar))
    default: .other("an object")
    }
  }

  func value(forKey key: String) -> ConfigurationScalar? { values[key] }
}
