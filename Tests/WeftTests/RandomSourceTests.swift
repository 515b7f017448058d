import Foundation
import Testing
import Weft

/// Random graph files: what a plan computes is what the ops' references say. The fuzzer `graph-run`
/// makes more of them.
@Suite struct `Random graph files` {
  @Test(arguments: UInt64(0)..<150)
  func `compute what their ops' references do`(seed: UInt64) throws {
    let check = RandomSourceCheck(registry: try Registry.standard())
    let text = RandomSource.text(Choices(seed: seed))
    let (batch, tokens) = (1 + Int(seed % 3), 1 + Int(seed / 3 % 5))
    let outcome = try check.outcome(text, batch: batch, tokens: tokens, seed: seed)
    if case .different(let output, let worst) = outcome {
      Issue.record("batch=\(batch), tokens=\(tokens): \(output) differs by \(worst):\n\(text)")
    }
  }

  @Test func `most are right, and some are refused`() throws {
    let check = RandomSourceCheck(registry: try Registry.standard())
    var (right, refused) = (0, 0)
    for seed in UInt64(0)..<150 {
      switch try check.outcome(
        RandomSource.text(Choices(seed: seed)), batch: 1, tokens: 2, seed: seed)
      {
      case .equal: right += 1
      case .refused(let message):
        #expect(message.contains("random.weft:"), "a message without its place: \(message)")
        refused += 1
      case .different: break
      }
    }
    #expect(right >= 60, "\(right) right, \(refused) refused")
    #expect(refused >= 10, "\(right) right, \(refused) refused")
  }

  /// The slice of no element is merged with the element that is taken of it: the plan has to refuse
  /// what the file's own operations refuse.
  @Test func `what a pass merges still refuses a binding`() throws {
    let text = """
      model M {
        input x: f32[batch, tokens]
        let v1 = transpose(x)[..., 1 ..< batch]
        output last = v1[..., -1]
      }
      """
    let check = RandomSourceCheck(registry: try Registry.standard())
    let outcome = try check.outcome(text, batch: 1, tokens: 2, seed: 1)
    guard case .refused(let message) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(message.contains("random.weft:3"))
    guard case .equal = try check.outcome(text, batch: 2, tokens: 2, seed: 1) else {
      Issue.record("a good binding is refused")
      return
    }
  }
}
