import Foundation
import Tensors

/// Writes tensors as NumPy reads them, whole or not at all. The same tensors give the same bytes.
public enum NumPyWriter {
  /// Writes one tensor as a `.npy`.
  public static func write(_ tensor: Tensor, to url: URL) throws(FormatError) {
    let array = try array(tensor, name: "", path: url.path)
    do {
      try AtomicFile.write(to: url) { sink throws(FileError) in
        try array.forEachPart { bytes throws(FileError) in try sink.write(bytes) }
      }
    } catch {
      throw .file(error)
    }
  }

  /// Writes tensors under their names as a `.npz`: a zip archive that holds a `.npy` for each, in the
  /// order of their names, uncompressed.
  public static func write(_ tensors: [String: Tensor], to url: URL) throws(FormatError) {
    var members: [(name: String, array: NumPyArray)] = []
    for (name, tensor) in sorted(tensors) {
      members.append((name + ".npy", try array(tensor, name: name, path: url.path)))
    }
    do {
      try AtomicFile.write(to: url) { sink throws(FileError) in
        var archive = ZipArchive(sink, isLarge: ZipArchive.isLarge(members.map(\.array.byteCount)))
        for (name, array) in members {
          var sum = CRC32()
          try array.forEachPart { bytes in sum.add(bytes) }
          try archive.begin(name, byteCount: array.byteCount, crc32: sum.value)
          try array.forEachPart { bytes throws(FileError) in try sink.write(bytes) }
        }
        try archive.finish()
      }
    } catch {
      throw .file(error)
    }
  }

  /// Writes tensors as the files `NAME.npy` of a folder, which mustn't be there yet.
  ///
  /// - Throws: ``FormatError``, ``FileError``.
  public static func write(_ tensors: [String: Tensor], toFolder url: URL) throws {
    try AtomicFolder.write(to: url) { folder in
      for (name, tensor) in sorted(tensors) {
        try write(tensor, to: folder.appending(path: name + ".npy"))
      }
    }
  }

  private static func sorted(_ tensors: [String: Tensor]) -> [(String, Tensor)] {
    tensors.map { ($0.key, $0.value) }.sorted { $0.0 < $1.0 }
  }

  private static func array(
    _ tensor: Tensor, name: String, path: String
  ) throws(FormatError) -> NumPyArray {
    do {
      return try NumPyArray(tensor)
    } catch {
      throw .tensor(path: path, name: name, error)
    }
  }
}
