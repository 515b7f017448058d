import Foundation
import Testing
import Weft

/// A small model with what PyTorch answered.
struct Reference: Sendable, CustomTestStringConvertible {
  let name: String

  static let all = ["bert", "gpt2", "llama", "t5", "transformer", "vit"].map(Reference.init)

  var testDescription: String { name }
  var folder: URL { Repository.folder.appending(path: "Tests/WeftTests/Reference/\(name)") }
  var graph: URL { Repository.graph(name) }

  /// The model as `weft run Graphs/NAME.weft --weights FOLDER` loads it.
  func model(threads: Int? = nil, instructions: InstructionSet? = nil) throws -> Model {
    let weights = WeightOrigin.checkpoint(folder)
    return try Model(
      ModelSource(file: graph, configuration: weights.configuration), weights: weights,
      threads: threads, instructions: instructions)
  }

  /// The tensors whose names begin with `prefix`, by the rest of their names.
  func tensors(_ prefix: String) throws -> [String: Tensor] {
    let reader = try SafetensorsReader(contentsOf: folder.appending(path: "expected.safetensors"))
    var tensors: [String: Tensor] = [:]
    for name in reader.names where name.hasPrefix(prefix) {
      tensors[String(name.dropFirst(prefix.count))] = try reader.tensor(named: name)
    }
    try #require(!tensors.isEmpty)
    return tensors
  }

  func inputs() throws -> [String: Tensor] { try tensors("in.") }
  func outputs() throws -> [String: Tensor] { try tensors("out.") }

  /// The reference model of that name.
  static func named(_ name: String) throws -> Reference {
    try #require(all.first { $0.name == name })
  }
}

/// The checkout.
enum Repository {
  static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static func graph(_ name: String) -> URL { folder.appending(path: "Graphs/\(name).weft") }
}

/// The largest difference of two tensors; infinite where types differ or a number is NaN.
func largestDifference(_ a: Tensor?, _ b: Tensor?) -> Double {
  guard let a, let b, a.dims == b.dims, a.dtype == b.dtype else { return .infinity }
  return zip(a.doubles, b.doubles).reduce(0) { largest, pair in
    let difference = (pair.0 - pair.1).magnitude
    return difference.isNaN ? .infinity : max(largest, difference)
  }
}

/// The bytes of `tensors`, by name.
func bytes(_ tensors: [String: Tensor]) -> [String: [UInt8]] {
  tensors.mapValues { $0.withUnsafeBytes(Array.init) }
}
