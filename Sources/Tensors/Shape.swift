/// The extents of a tensor's axes, outermost first.
public struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral {
  /// One extent for each axis.
  public var dims: [Dim]

  /// A shape from extents.
  public init(_ dims: [Dim]) { self.dims = dims }

  /// A shape from known extents.
  public init(_ dims: [Int]) { self.dims = dims.map { Dim($0) } }

  public init(arrayLiteral elements: Dim...) { dims = elements }

  /// The number of axes.
  public var rank: Int { dims.count }

  /// The extents, where all are known.
  public var values: [Int]? {
    var values: [Int] = []
    for dim in dims {
      guard let value = dim.value else { return nil }
      values.append(value)
    }
    return values
  }

  /// The number of elements: the product of the extents.
  public func elementCount() throws(DimError) -> Dim {
    var count = Dim(1)
    for dim in dims { count = try count.multiplied(by: dim) }
    return count
  }

  /// The extents under `bindings`.
  public func bound(by bindings: Bindings) throws(DimError) -> [Int] {
    try dims.map { dim throws(DimError) in try dim.bound(by: bindings) }
  }

  /// The shape with the symbols that `bindings` names replaced.
  public func substituting(_ bindings: Bindings) throws(DimError) -> Shape {
    Shape(try dims.map { dim throws(DimError) in try dim.substituting(bindings) })
  }

  /// The shape that NumPy's broadcasting gives for two shapes, or nil where they don't agree.
  ///
  /// Axes are aligned at the right; an extent of 1 stretches. Two symbolic extents agree only
  /// where they are equal for every binding.
  public func broadcast(with other: Shape) -> Shape? {
    let rank = max(rank, other.rank)
    var result: [Dim] = []
    for i in 0..<rank {
      let a = i < rank - self.rank ? Dim(1) : dims[i - (rank - self.rank)]
      let b = i < rank - other.rank ? Dim(1) : other.dims[i - (rank - other.rank)]
      if a == b || b == 1 {
        result.append(a)
      } else if a == 1 {
        result.append(b)
      } else {
        return nil
      }
    }
    return Shape(result)
  }
}

extension Shape: CustomStringConvertible {
  public var description: String { "[" + dims.map(\.description).joined(separator: ", ") + "]" }
}
