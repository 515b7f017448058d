import Foundation

/// Where tapped tensors are written, by the name that is given.
public enum TapFile: Sendable, Equatable {
  /// A safetensors file.
  case safetensors(URL)
  /// NumPy's archive.
  case npz(URL)
  /// One array.
  case npy(URL)
  /// A folder with a `.npy` for each tensor.
  case folder(URL)

  /// What `path` asks for: `.safetensors`, `.npz` and `.npy` are files; a name without extension, or
  /// one that ends in a slash, is a folder.
  public init(path: String) throws(TapError) {
    let url = URL(filePath: path)
    switch url.pathExtension.lowercased() {
    case _ where path.hasSuffix("/"), "": self = .folder(url)
    case "safetensors": self = .safetensors(url)
    case "npz": self = .npz(url)
    case "npy": self = .npy(url)
    default: throw .fileFormat(url.lastPathComponent)
    }
  }

  /// Refuses what can't be written there, before anything is computed.
  public func check(count: Int) throws {
    switch self {
    case .npy(let url) where count != 1:
      throw TapError.severalInOneArray(url.lastPathComponent, count: count)
    case .folder(let url) where FileManager.default.fileExists(atPath: url.path):
      throw FileError.exists(path: url.path)
    default: return
    }
  }

  /// Writes `tensors` under their names, whole or not at all.
  public func write(_ tensors: [String: Tensor]) throws {
    try check(count: tensors.count)
    switch self {
    case .safetensors(let url): try SafetensorsWriter.write(tensors, to: url)
    case .npz(let url): try NumPyWriter.write(tensors, to: url)
    case .npy(let url): for tensor in tensors.values { try NumPyWriter.write(tensor, to: url) }
    case .folder(let url): try NumPyWriter.write(tensors, toFolder: url)
    }
  }
}
