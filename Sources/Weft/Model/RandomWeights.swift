import Dispatch
import Foundation

/// Weights from the parameters' initializers: the same for one seed, on any machine and any number
/// of threads.
public struct RandomWeights: WeightSource {
  /// What the numbers hang on, besides each parameter's name.
  public let seed: UInt64

  /// Elements that one piece of work fills.
  private static let chunk = 1 << 16

  /// Weights for `seed`.
  public init(seed: UInt64) { self.seed = seed }

  public func weight(for parameter: Parameter, type: TensorType) throws -> StoredWeight {
    guard let dims = type.shape.values else { throw DimError.unbound(type.description) }
    let tensor = try Tensor(zeros: type.dtype, dims: dims)
    let random = RandomNumbers(seed: seed, name: parameter.name)
    let draw: @Sendable (Int) -> Double =
      switch parameter.initializer {
      case .constant(let value): { _ in value }
      case .normal(let mean, let deviation): { mean + deviation * random.normal(at: $0) }
      case .uniform(let low, let high): { low + (high - low) * random.uniform(at: $0) }
      }
    let chunks = (tensor.count + Self.chunk - 1) / Self.chunk
    DispatchQueue.concurrentPerform(iterations: chunks) { chunk in
      let end = min((chunk + 1) * Self.chunk, tensor.count)
      for i in chunk * Self.chunk..<end { tensor.initialize(draw(i), at: i) }
    }
    return .dense(tensor)
  }
}
