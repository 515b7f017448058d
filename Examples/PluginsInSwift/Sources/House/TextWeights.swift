import Foundation
import WeftPlugin

/// Weights as text, a tensor a line: its name, its extents, its elements: `scale 2,3 1 0 0 0 1 0`.
struct TextWeights: WritableWeightFormat {
  let name = "text weights"
  let fileExtensions = ["weights"]

  /// Longer files are no weights that a person wrote.
  private static let byteLimit = 64 << 20

  func open(_ url: URL) throws(FormatError) -> any WeightFile {
    let data: Data
    do { data = try FileReading.data(url, limit: Self.byteLimit) } catch { throw .file(error) }
    var tensors: [String: Tensor] = [:]
    for (i, line) in data.split(separator: UInt8(ascii: "\n")).enumerated() {
      let words = String(decoding: line, as: UTF8.self).split(separator: " ")
      guard let (name, tensor) = Self.tensor(words) else {
        throw .other(
          path: url.path, format: name,
          reason: "line \(i + 1) isn't a name, extents and as many numbers")
      }
      guard tensors.updateValue(tensor, forKey: name) == nil else {
        throw .other(path: url.path, format: self.name, reason: "it has '\(name)' twice")
      }
    }
    return TextWeightsFile(url: url, tensors: tensors)
  }

  func write(_ model: ExportedModel, to sink: WeightSink) throws(FormatError) {
    for (name, weight) in model.weights {
      guard let tensor = weight.tensor, tensor.dtype.isFloatingPoint, !name.contains(" ") else {
        throw .unwritable(
          path: sink.url.path, format: self.name,
          reason: "'\(name)' is \(weight.typeDescription); it has reals alone")
      }
      let words =
        [name, tensor.dims.map(String.init).joined(separator: ",")]
        + tensor.floats.map { "\($0)" }
      try sink.write(Data((words.joined(separator: " ") + "\n").utf8))
    }
  }

  private static func tensor(_ words: [Substring]) -> (String, Tensor)? {
    guard words.count > 1 else { return nil }
    let extents = words[1].split(separator: ",")
    let dims = extents.compactMap { Int($0) }
    let values = words.dropFirst(2).compactMap { Float($0) }
    guard dims.count == extents.count, dims.allSatisfy({ $0 > 0 }),
      values.count == words.count - 2, saturatingProduct(dims) == values.count
    else { return nil }
    return (try? Tensor(dims: dims, floats: values)).map { (String(words[0]), $0) }
  }
}

/// An open file: all of it is in memory.
struct TextWeightsFile: WeightFile {
  let url: URL
  let tensors: [String: Tensor]

  var tensorNames: [String] { tensors.keys.sorted() }

  func checkpointEntry(named name: String) -> CheckpointEntry? {
    tensors[name].map { CheckpointEntry(name, $0.dtype, $0.dims) }
  }

  func weight(named name: String) throws(FormatError) -> StoredWeight {
    guard let tensor = tensors[name] else {
      throw .noTensor(path: url.path, name: name, nearest: nil)
    }
    return .dense(tensor)
  }
}
