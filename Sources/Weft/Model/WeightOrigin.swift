import Foundation

/// Where a model's weights come from.
public enum WeightOrigin: Sendable {
  /// A safetensors file, or a folder as Hugging Face has them.
  case checkpoint(URL)
  /// The parameters' initializers.
  case random(seed: UInt64)

  /// The `config.json` in the checkpoint's folder, where there is one.
  public var configuration: URL? {
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
  /// Whether there is a folder at this path.
  var isFolder: Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      && isFolder.boolValue
  }
}
