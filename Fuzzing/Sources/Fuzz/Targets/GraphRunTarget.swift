import Foundation
import Weft

/// Random graph files by the grammar, compiled and run: the plan's results are the references', or there
/// is an error.
struct GraphRunTarget: FuzzTarget {
  static let name = "graph-run"

  private let check: RandomSourceCheck

  init() throws { check = RandomSourceCheck(registry: try Registry.standard()) }

  func seeds() throws -> [Data] {
    (0..<60).map { _ in Data((0..<300).map { _ in UInt8.random(in: 0...255) }) }
  }

  /// Texts for whoever reads graph files.
  static func sources(_ count: Int) -> [Data] {
    (0..<count).map { Data(RandomSource.text(Choices(seed: UInt64($0))).utf8) }
  }

  func run(_ bytes: Data) {
    guard bytes.count >= 4 else { return }
    var choices = Choices(Array(bytes))
    let (batch, tokens) = (1 + choices.below(3), 1 + choices.below(6))
    let seed = UInt64(choices.below(256))
    let text = RandomSource.text(choices)
    do {
      let outcome = try check.outcome(text, batch: batch, tokens: tokens, seed: seed)
      if case .different(let output, let worst) = outcome {
        fatalError("batch=\(batch), tokens=\(tokens): \(output) differs by \(worst):\n\(text)")
      }
    } catch {
      fatalError("batch=\(batch), tokens=\(tokens): \(error):\n\(text)")
    }
  }
}
