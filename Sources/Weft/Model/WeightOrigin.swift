import Foundation

/// Where a model's weights come from.
public enum WeightOrigin: Sendable {
  /// A safetensors file, a GGUF file, or a folder as Hugging Face has them.
  case checkpoint(URL)
  /// The parameters' initializers.
  case random(seed: UInt64)

  /// The GGUF file, where it is one.
  public var gguf: URL? {
    guard case .checkpoint(let url) = self, url.isGGUF else { return nil }
    return url
  }

  /// The `config.json` in the checkpoint's folder, where there is one; a GGUF file is its own.
  public var configuration: URL? {
    if let gguf { return gguf }
    guard case .checkpoint(let url) = self, url.isFolder else { return nil }
    let file = url.appending(path: "config.json")
    return FileManager.default.fileExists(atPath: file.path) ? file : nil
  }

  /// The folder that holds the weights and what belongs to them.
  public var folder: URL? {
    guard case .checkpoint(let url) = self else { return nil }
    return url.isFolder ? url : url.deletingLastPathComponent()
  }
}

extension URL {
  /// Whether the name is that of a GGUF file.
  var isGGUF: Bool { pathExtension.lowercased() == "gguf" }

  /// Whether there is a folder at this path.
  var isFolder: Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      && isFolder.boolValue
  }
}
