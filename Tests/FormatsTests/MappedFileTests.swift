import Foundation
import Tensors
import Testing

@testable import Formats

@Suite struct `Mapped files` {
  /// A file of two tensors, the first of which is large.
  private func reader(_ folder: TemporaryFolder) throws -> SafetensorsReader {
    let url = folder.url.appending(path: "large.safetensors")
    let floats = (0..<300_000).map { Float($0) }
    try SafetensorsWriter.write(
      [
        "large": try Tensor(dims: [300_000], floats: floats),
        "small": try Tensor(dims: [3], floats: [1, 2, 3]),
      ], to: url)
    return try SafetensorsReader(contentsOf: url)
  }

  @Test func `a tensor whose pages were dropped reads the same`() throws {
    let folder = try TemporaryFolder()
    let reader = try reader(folder)
    let (large, small) = (try reader.tensor(named: "large"), try reader.tensor(named: "small"))
    let before = large.floats
    #expect(large.storage.isReloadable)
    for _ in 0..<2 {
      large.dropPages()
      small.dropPages()
      #expect(large.floats == before)
      #expect(small.floats == [1, 2, 3])
    }
  }

  #if os(Linux)
    @Test func `dropped pages leave memory`() throws {
      let folder = try TemporaryFolder()
      let large = try reader(folder).tensor(named: "large")
      #expect(large.floats.last == 299_999)
      #expect(try Self.resident("large.safetensors", in: folder) > 1_000_000)
      large.dropPages()
      // The first and the last page hold other bytes, too.
      #expect(try Self.resident("large.safetensors", in: folder) <= 3 * 4096)
      #expect(large.floats.first == 0)
    }

    @Test func `a part that the file has lost ends the process with the file's name`() async {
      let result = await #expect(
        processExitsWith: .exitCode(1), observing: [\.standardErrorContent]
      ) {
        MappedFile.exitsOnLostPages()
        let folder = try TemporaryFolder()
        let url = folder.url.appending(path: "shortened.bin")
        try Data(repeating: 7, count: 1 << 20).write(to: url)
        let file = try MappedFile(url)
        guard truncate(url.path, 4096) == 0, file.bytes[0] == 7 else { exit(3) }
        exit(Int32(file.bytes[1 << 19]) + 4)
      }
      let said = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
      #expect(said.contains("shortened.bin: cannot be read: a part"))
    }

    @Test func `a bus error elsewhere stays one`() async {
      await #expect(processExitsWith: .signal(SIGBUS)) {
        MappedFile.exitsOnLostPages()
        MappedFile.exitsOnLostPages()
        let folder = try TemporaryFolder()
        let url = folder.url.appending(path: "gone.bin")
        try Data(repeating: 7, count: 1 << 20).write(to: url)
        let descriptor = open(url.path, O_RDWR)
        let base = mmap(nil, 1 << 20, PROT_READ, MAP_SHARED, descriptor, 0)
        guard let base, base != MAP_FAILED, ftruncate(descriptor, 0) == 0 else { exit(3) }
        exit(Int32(base.load(as: UInt8.self)))
      }
    }

    /// Bytes of a mapped file that stand in this process's memory.
    private static func resident(_ name: String, in folder: TemporaryFolder) throws -> Int {
      let path = folder.url.appending(path: name).path
      var isFile = false
      var kilobytes = 0
      let map = try FileHandle(forReadingFrom: URL(filePath: "/proc/self/smaps")).readToEnd()
      for line in String(decoding: map ?? Data(), as: UTF8.self).split(separator: "\n") {
        // The line of a mapping has no colon in its first word: 7f0a-7f0b r--p … path.
        if let word = line.split(separator: " ").first, word.last != ":" {
          isFile = line.hasSuffix(path)
        }
        if isFile, line.hasPrefix("Rss:") {
          kilobytes += Int(line.split(separator: " ")[1]) ?? 0
        }
      }
      return kilobytes * 1024
    }
  #endif
}
