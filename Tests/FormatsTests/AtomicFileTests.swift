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

  @Test func `a link stays a link, and a file's permissions stay`() throws {
    let folder = try TemporaryFolder()
    let file = try folder.file("file", "old")
    #expect(chmod(file.path, 0o640) == 0)
    let link = folder.url.appending(path: "link")
    try FileManager.default.createSymbolicLink(
      atPath: link.path, withDestinationPath: "file")
    try AtomicFile.write(to: link) { sink throws(FileError) in try sink.write(Data("new".utf8)) }
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link.path) == "file")
    #expect(try String(contentsOf: file, encoding: .utf8) == "new")
    let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
    #expect((attributes[.posixPermissions] as? NSNumber)?.uint32Value == 0o640)
    #expect(folder.contents == ["file", "link"])
  }

  @Test func `a pipe gets the bytes and stays a pipe`() throws {
    let folder = try TemporaryFolder()
    let pipe = folder.url.appending(path: "pipe")
    try #require(mkfifo(pipe.path, 0o600) == 0)
    let reader = open(pipe.path, O_RDONLY | O_NONBLOCK)
    try #require(reader >= 0)
    defer { close(reader) }
    try AtomicFile.write(to: pipe) { sink throws(FileError) in try sink.write(Data("abc".utf8)) }
    var bytes = [UInt8](repeating: 0, count: 8)
    #expect(read(reader, &bytes, 8) == 3)
    #expect(bytes.prefix(3) == [97, 98, 99])
    var status = stat()
    #expect(stat(pipe.path, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO)
    #expect(folder.contents == ["pipe"])
  }

  @Test func `a device that takes nothing is told`() throws {
    let full = URL(filePath: "/dev/full")
    let error = #expect(throws: FileError.self) {
      try AtomicFile.write(to: full) { sink throws(FileError) in try sink.write(Data("a".utf8)) }
    }
    #expect(error?.description == "/dev/full: cannot be written: No space left on device")
    #expect(FileManager.default.fileExists(atPath: full.path))
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
