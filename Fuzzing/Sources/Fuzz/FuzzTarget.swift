import Foundation

/// Something that reads bytes from outside. It may refuse them; it may not trap, hang or take memory
/// without bound.
protocol FuzzTarget {
  /// The name on the command line.
  static var name: String { get }
  /// Words that libFuzzer puts into inputs.
  static var words: [String] { get }
  init() throws
  /// Inputs to begin with.
  func seeds() throws -> [Data]
  /// Reads `bytes`. A wrong result traps, for libFuzzer to see.
  func run(_ bytes: Data)
}

extension FuzzTarget {
  static var words: [String] { [] }
}

/// The checkout.
enum Repository {
  static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static func file(_ path: String) -> URL { folder.appending(path: path) }

  /// The files of a folder and the folders in it, by their extension.
  static func files(_ path: String, _ kind: String, limit: Int = 200_000) -> [URL] {
    let all = FileManager.default.enumerator(
      at: file(path), includingPropertiesForKeys: [.fileSizeKey])
    return (all?.compactMap { $0 as? URL } ?? [])
      .filter { $0.pathExtension == kind }
      .filter { ((try? $0.resourceValues(forKeys: [.fileSizeKey]))?.fileSize ?? .max) <= limit }
      .sorted { $0.path < $1.path }
  }
}

/// Seeds and words as files, as libFuzzer reads them.
enum Seeds {
  static func write(_ target: any FuzzTarget, to folder: URL) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (i, seed) in try target.seeds().enumerated() {
      try seed.write(to: folder.appending(path: "seed-\(i)"))
    }
    let words = Swift.type(of: target).words.map { word in
      "\""
        + word.utf8.map { byte in
          (0x21..<0x7f).contains(byte) && byte != 0x22 && byte != 0x5c
            ? String(UnicodeScalar(byte)) : "\\x" + String(0x100 + Int(byte), radix: 16).dropFirst()
        }.joined() + "\"\n"
    }
    try Data(words.joined().utf8).write(to: folder.appendingPathExtension("words"))
  }
}

/// A file whose bytes change from input to input, for readers that map files.
final class ScratchFile {
  let url: URL
  private let descriptor: Int32

  init(_ kind: String) throws {
    url = FileManager.default.temporaryDirectory
      .appending(path: "weft-fuzz-\(ProcessInfo.processInfo.processIdentifier).\(kind)")
    descriptor = open(url.path, O_RDWR | O_CREAT | O_TRUNC, 0o600)
    guard descriptor >= 0 else { throw CocoaError(.fileWriteUnknown) }
  }

  /// Nothing may be mapped while its file changes.
  func set(_ bytes: Data) {
    bytes.withUnsafeBytes { bytes in
      precondition(ftruncate(descriptor, 0) == 0)
      precondition(pwrite(descriptor, bytes.baseAddress, bytes.count, 0) == bytes.count)
    }
  }
}
