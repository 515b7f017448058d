import Foundation
import Tensors
import Testing

@testable import Formats

@Suite struct `Atomic files` {
  @Test func `a failure in the middle leaves the old file and nothing else`() throws {
    let folder = try TemporaryFolder()
    let url = try folder.file("x", "old")
    let error = FileError.cannotWrite(path: "x", reason: "no more room")
    #expect(throws: error) {
      try AtomicFile.write(to: url) { sink throws(FileError) in
        try sink.write(Data("new".utf8))
        throw error
      }
    }
    #expect(folder.contents == ["x"])
    #expect(try String(contentsOf: url, encoding: .utf8) == "old")
  }

  @Test func `an old file is replaced`() throws {
    let folder = try TemporaryFolder()
    let url = try folder.file("x", "old and longer")
    try AtomicFile.write(to: url) { sink throws(FileError) in try sink.write(Data("new".utf8)) }
    #expect(try String(contentsOf: url, encoding: .utf8) == "new")
    #expect(folder.contents == ["x"])
  }

  @Test func `a full disk is told`() throws {
    let full = open("/dev/full", O_WRONLY)
    try #require(full >= 0)
    defer { close(full) }
    let error = #expect(throws: FileError.self) {
      try Data("abc".utf8).withUnsafeBytes { try AtomicFile.write($0, to: full, path: "x") }
    }
    #expect(error?.description == "x: cannot be written: No space left on device")
  }

  @Test func `a folder that isn't there, or isn't one, is told`() throws {
    let folder = try TemporaryFolder()
    let tensors = ["a": try Tensor(dims: [1], floats: [1])]
    let missing = folder.url.appending(path: "no/x")
    #expect(
      folder.message { try SafetensorsWriter.write(tensors, to: missing) }
        == "no/x: cannot be written: No such file or directory")
    let file = try folder.file("file", "")
    #expect(
      folder.message { try SafetensorsWriter.write(tensors, to: file.appending(path: "x")) }
        == "file/x: cannot be written: Not a directory")
    let target = folder.url.appending(path: "folder")
    try FileManager.default.createDirectory(at: target, withIntermediateDirectories: false)
    #expect(
      folder.message { try SafetensorsWriter.write(tensors, to: target) }
        == "folder: cannot be written: Is a directory")
    #expect(folder.contents == ["file", "folder"])
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/proc/self")))
  func `a folder that nobody can write to is told`() throws {
    let url = URL(filePath: "/proc/self/x.safetensors")
    let error = #expect(throws: FormatError.self) { try SafetensorsWriter.write([:], to: url) }
    #expect(error?.description.contains("/proc/self/x.safetensors: cannot be written: ") == true)
  }

  @Test func `a name that is the metadata's is refused`() throws {
    let folder = try TemporaryFolder()
    let tensors = ["__metadata__": try Tensor(dims: [1], floats: [1])]
    #expect(
      folder.message {
        try SafetensorsWriter.write(tensors, to: folder.url.appending(path: "x"))
      }
        == #"x: header: __metadata__: expected a name of its own, found "__metadata__""#)
    #expect(folder.contents.isEmpty)
  }
}
