import Compiler
import IR
import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#endif

/// Which bucket the distance between each query and each key falls into: one for each small
/// distance, then wider ones up to `max_distance` (Raffel et al., 2020).
///
/// → i32[queries, keys]. The queries are the last tokens: query i stands at i + keys − queries.
/// `bidirectional` uses half of the buckets for keys after the query; otherwise those fall into
/// bucket 0.
public struct RelativePositionBuckets: Op {
  public static let signature = OpSignature(
    "relative_position_buckets", "Buckets of the distances between queries and keys.",
    category: .position, operands: [],
    attributes: [
      .init("queries", .dim), .init("keys", .dim), .init("buckets", .int, default: .int(32)),
      .init("max_distance", .int, default: .int(128)),
      .init("bidirectional", .bool, default: .bool(true)),
    ])

  /// The number of queries.
  public var queries: Dim
  /// The number of keys.
  public var keys: Dim
  /// The number of buckets.
  public var buckets: Int
  /// The distance from which on all fall into one bucket.
  public var maxDistance: Int
  /// Whether keys after the query have buckets of their own.
  public var bidirectional: Bool

  /// Buckets of the distances between `queries` and `keys`.
  public init(
    queries: Dim, keys: Dim, buckets: Int = 32, maxDistance: Int = 128, bidirectional: Bool = true
  ) throws(OpError) {
    self.queries = queries
    self.keys = keys
    self.buckets = buckets
    self.maxDistance = maxDistance
    self.bidirectional = bidirectional
    let least = bidirectional ? 4 : 2
    guard buckets >= least, buckets <= Int(Int32.max) else {
      throw .attributeRange("buckets", rule: "at least \(least) buckets")
    }
    guard maxDistance > directed / 2 else {
      throw .attributeRange("max_distance", rule: "more than \(directed / 2), the exact distances")
    }
    for dim in [queries, keys] {
      if let known = dim.value, known < 0 {
        throw .attributeRange(dim == queries ? "queries" : "keys", rule: "0 or more")
      }
    }
  }

  public init(_ attributes: Attributes) throws(OpError) {
    try self.init(
      queries: try attributes.dim("queries"), keys: try attributes.dim("keys"),
      buckets: try attributes.int("buckets"), maxDistance: try attributes.int("max_distance"),
      bidirectional: try attributes.bool("bidirectional"))
  }

  public var attributes: Attributes {
    [
      "queries": .dim(queries), "keys": .dim(keys), "buckets": .int(buckets),
      "max_distance": .int(maxDistance), "bidirectional": .bool(bidirectional),
    ]
  }

  public func resultTypes(_ operands: [TensorType]) throws(OpError) -> [TensorType] {
    try operands.check(count: 0)
    return [TensorType(.i32, [queries, keys])]
  }

  /// Buckets for one direction.
  private var directed: Int { bidirectional ? buckets / 2 : buckets }

  /// The bucket of a key that stands `offset` after the query.
  func bucket(offset: Int) -> Int {
    let side = bidirectional && offset > 0 ? directed : 0
    let distance = bidirectional ? abs(offset) : max(-offset, 0)
    let exact = directed / 2
    if distance < exact { return side + distance }
    // In f32, as the models were trained: in Double a distance on a bucket's edge may fall to the
    // other side.
    let ratio =
      logf(Float(distance) / Float(exact)) / Float(Math.log(Double(maxDistance) / Double(exact)))
    return side + min(exact + Int(ratio * Float(directed - exact)), directed - 1)
  }
}

extension RelativePositionBuckets: Evaluable {
  public func evaluate(_ operands: [Tensor]) throws -> [Tensor] {
    let (queries, keys) = (queries.value ?? 0, keys.value ?? 0)
    let values = (0..<queries).flatMap { i in
      (0..<keys).map { bucket(offset: $0 - i - keys + queries) }
    }
    return [try Tensor(.i32, dims: [queries, keys], integers: values)]
  }
}

extension RelativePositionBuckets: KernelProviding {
  public func makeKernel(_ request: KernelRequest) throws(KernelError) -> KernelBinding {
    let dims = request.dims(ofResult: 0)
    let layout = "buckets-\(dims)-\(buckets)-\(maxDistance)-\(bidirectional)"
    let result = try request.shared(
      layout, of: Int32.self, count: saturatingProduct(dims)
    ) { out in
      for i in 0..<dims[0] {
        for j in 0..<dims[1] {
          out[i * dims[1] + j] = Int32(bucket(offset: j - i - dims[1] + dims[0]))
        }
      }
    }
    return KernelBinding(
      HeldResultKernel(name: "i32-relative_position_buckets-held", result: result), operands: [])
  }
}
