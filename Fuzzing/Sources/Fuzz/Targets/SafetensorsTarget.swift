import Foundation
import Weft

/// safetensors files: the header, every tensor, and integers with their scales.
struct SafetensorsTarget: FuzzTarget {
  static let name = "safetensors"
  static let words = [
    "\"dtype\":", "\"shape\":", "\"data_offsets\":", "__metadata__", "F32", "F16", "BF16", "I64",
    "BOOL", "U8", "I8", "F4", "F8_E4M3", ".weight_scale", ".SCB", "[0,0]", "9223372036854775807",
  ]

  private let file: ScratchFile

  init() throws { file = try ScratchFile("safetensors") }

  func seeds() throws -> [Data] {
    var seeds = try Repository.files("Tests", "safetensors", limit: 130_000).map {
      try Data(contentsOf: $0)
    }
    let tensor = try Tensor(.f32, dims: [2, 3], doubles: [1, 2, 3, 4, 5, 6])
    let matrix = try Tensor(.bool, dims: [3], integers: [0, 1, 1])
    let scratch = file.url.appendingPathExtension("seed")
    for items in [[], [("a", tensor)], [("a", tensor), ("b.weight", matrix)]] {
      try SafetensorsWriter.write(
        items.map { SafetensorsItem($0.0, $0.1) }, ["weft": "sequence"], to: scratch)
      seeds.append(try Data(contentsOf: scratch))
    }
    try FileManager.default.removeItem(at: scratch)
    return seeds
  }

  func run(_ bytes: Data) {
    file.set(bytes)
    if let reader = try? SafetensorsReader(contentsOf: file.url) {
      for name in reader.names {
        if let tensor = try? reader.tensor(named: name) { touch(tensor) }
      }
    }
    guard let checkpoint = try? Checkpoint(contentsOf: file.url) else { return }
    for name in checkpoint.names {
      _ = checkpoint.entry(named: name)
      if let tensor = try? checkpoint.tensor(named: name) { touch(tensor) }
    }
  }
}

/// Reads all of a tensor's bytes.
func touch(_ tensor: Tensor) {
  let sum = tensor.withUnsafeBytes { $0.reduce(0 as UInt) { $0 &+ UInt($1) } }
  withExtendedLifetime(sum) {}
}
