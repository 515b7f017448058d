import Foundation
import Testing

/// `weft why` as a user meets it.
@Suite struct `Why command` {
  private static let snapshots = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Why")

  /// A command in a folder that has the small graph of the snapshots.
  private func shell(_ command: String) throws -> CommandLineTool.Result {
    let folder = try CommandLineTool.scratchFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.copyItem(
      at: Self.snapshots.appending(path: "small.weft"), to: folder.appending(path: "small.weft"))
    return try CommandLineTool.shell(command, in: folder)
  }

  @Test func `a small graph reads as it did`() throws {
    let result = try shell("weft why small.weft")
    #expect(result.status == 0, "\(result.error)")
    #expect(result.error.isEmpty)
    let file = Self.snapshots.appending(path: "small.txt")
    if ProcessInfo.processInfo.environment["WEFT_BLESS"] == "1" {
      try Data(result.output.utf8).write(to: file)
    }
    #expect(result.output == (try String(contentsOf: file, encoding: .utf8)))
  }

  @Test func `a binding names steps and kernels`() throws {
    let result = try shell("weft why small.weft 8 --bind batch=4")
    #expect(result.output.hasPrefix("Small, batch=4, small.weft:8: 9 ops became 6 steps"))
    #expect(result.output.contains("→ steps 1, 3, 5: rms_norm by f32-rms_norm-"))
    #expect(result.output.contains(", in place"))
    #expect(result.output.contains("→ steps 0, 2, 4: linear by f32-gemm-"))
  }

  @Test func `the pages show what is printed`() throws {
    let page = try String(
      contentsOf: CommandLineTool.root.appending(path: "Docs/Why.md"), encoding: .utf8)
    let shown = page.matches(of: /```sh\n(weft why [^\n]*)\n```\n\n```text\n((?s).*?)```/)
    #expect(shown.count >= 3)
    for match in shown {
      let result = try CommandLineTool.shell(String(match.1))
      #expect(result.output == String(match.2), "\(match.1)")
    }
  }

  @Test func `a program finds what the documentation says`() throws {
    let report = try object("weft why small.weft --bind batch=4 --json")
    #expect(
      Set(report.keys) == [
        "model", "entry", "bindings", "selection", "nodeCount", "stepCount", "notes", "lines",
      ])
    let lines = try #require(report["lines"] as? [[String: Any]])
    #expect(lines.allSatisfy { Set($0.keys) == ["range", "ops", "nearMisses"] })
    let ops = lines.flatMap { $0["ops"] as? [[String: Any]] ?? [] }
    #expect(ops.allSatisfy { Set($0.keys) == ["op", "column", "count", "fates"] })
    let fates = ops.flatMap { $0["fates"] as? [[String: Any]] ?? [] }
    #expect(
      fates.allSatisfy {
        Set($0.keys) == [
          "kind", "count", "layers", "events", "results", "steps", "kernels", "isInPlace",
          "companions", "helpers",
        ]
      })
    #expect(
      Set(fates.compactMap { $0["kind"] as? String })
        == ["step", "view", "before-run", "constant", "simplified", "dropped"])
    let misses = lines.flatMap { $0["nearMisses"] as? [[String: Any]] ?? [] }
    #expect(
      misses.map { Set($0.keys) }
        == Array(
          repeating: [
            "pass", "message", "predicate", "value", "place", "uses", "hint", "count", "layers",
          ], count: 2))
    let pass = try object("weft why small.weft --pass fuse-linear --json")
    #expect(
      Set(pass.keys) == ["pass", "summary", "model", "entry", "applied", "lines"])
    let remarks = try object("weft compile small.weft --json")["remarks"] as? [[String: Any]]
    let missed = remarks?.first { $0["kind"] as? String == "missed" }
    #expect(missed?["line"] is Int)
    #expect((missed?["hint"] as? String)?.isEmpty == false)
  }

  private func object(_ command: String) throws -> [String: Any] {
    let result = try shell(command)
    #expect(result.status == 0, "\(result.error)")
    let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
    return try #require(object as? [String: Any])
  }

  @Test(arguments: [
    ("weft why", 64, "Missing expected argument"),
    ("weft why small.weft 8 --pass fuse-linear", 64, "not both"),
    ("weft why small.weft --pass fuse-linear --bind batch=1", 64, "leave it out"),
    ("weft why small.weft --bind batch=0", 64, "numbers from 1"),
    ("weft why small.weft --pass fuse-linaer", 1, "did you mean 'fuse-linear'?"),
    ("weft why small.weft --pass x", 1, "there is canonicalize, fold-constants"),
    ("weft why small.weft 29", 1, "small.weft has 28 lines, there is no line 29"),
    ("weft why small.weft 0", 1, "there is no line 0"),
    ("weft why small.weft smal.weft:3", 1, "did you mean 'small.weft'?"),
    ("weft why small.weft blok.0", 1, "did you mean 'block.0'?"),
    ("weft why small.weft block.7", 1, "the model has no layer 'block.7'"),
    ("weft why small.weft --entry other", 1, "there is no entry 'other'"),
    ("weft why small.weft --bind tokens=1", 1, "batch"),
    ("weft why nothing.weft", 1, "nothing.weft"),
  ])
  func `what is wrong is said`(command: String, status: Int, message: String) throws {
    let result = try shell(command)
    #expect(Int(result.status) == status, "\(command): \(result.error)")
    #expect(result.error.contains(message), "\(command): \(result.error)")
    #expect(result.output.isEmpty)
  }

  @Test func `a line without an op is no error`() throws {
    let result = try shell("weft why small.weft 1")
    #expect(result.status == 0)
    #expect(result.output.contains("it is a comment."))
    #expect(result.output.contains("Lines near with ops: 7, 8, 15."))
    #expect(
      try shell("weft why small.weft 15").output.contains("nothing runs: no output hangs on it"))
  }

  @Test func `colours are for terminals`() throws {
    #expect(!(try shell("weft why small.weft").output.contains("\u{1B}")))
  }
}
