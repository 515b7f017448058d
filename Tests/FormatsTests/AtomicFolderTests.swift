import Foundation
import Testing

@testable import Formats

@Suite struct `Atomic folders` {
  private struct Failure: Error {}

  private func write(_ text: String, in folder: URL) throws {
    try Data(text.utf8).write(to: folder.appending(path: "file"))
  }

  private func text(_ folder: URL) throws -> String {
    try String(contentsOf: folder.appending(path: "file"), encoding: .utf8)
  }

  @Test func `a folder is there once it is whole`() throws {
    let parent = try TemporaryFolder()
    let url = parent.url.appending(path: "out")
    try AtomicFolder.write(to: url) { folder in
      #expect(!FileManager.default.fileExists(atPath: url.path))
      try write("new", in: folder)
    }
    #expect(try text(url) == "new")
    #expect(parent.contents == ["out"])
    let attributes = try FileManager.default.attributesOfItem(atPath: url.path)
    let permissions = try #require(attributes[.posixPermissions] as? NSNumber).uint32Value
    #expect(permissions == 0o777 & ~UInt32(AtomicFile.currentMask))
  }

  @Test func `a failure leaves the old folder and nothing else`() throws {
    let parent = try TemporaryFolder()
    let url = parent.url.appending(path: "out")
    try AtomicFolder.write(to: url) { try write("old", in: $0) }
    #expect(throws: Failure.self) {
      try AtomicFolder.write(to: url, replacing: true) { folder in
        try write("new", in: folder)
        throw Failure()
      }
    }
    #expect(try text(url) == "old")
    #expect(parent.contents == ["out"])
  }

  @Test func `an old folder is replaced only where that is asked for`() throws {
    let parent = try TemporaryFolder()
    let url = parent.url.appending(path: "out")
    try AtomicFolder.write(to: url, replacing: true) { try write("old", in: $0) }
    #expect(throws: FileError.exists(path: url.path)) {
      try AtomicFolder.write(to: url) { try write("new", in: $0) }
    }
    #expect(try text(url) == "old")
    try AtomicFolder.write(to: url, replacing: true) { try write("new", in: $0) }
    #expect(try text(url) == "new")
    #expect(parent.contents == ["out"])
  }

  @Test func `a parent that isn't there is told`() throws {
    let parent = try TemporaryFolder()
    let url = parent.url.appending(path: "missing/out")
    #expect(
      parent.message { try AtomicFolder.write(to: url) { _ in } }
        == "missing/out: cannot be written: No such file or directory")
  }
}
