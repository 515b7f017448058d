import Compiler
import Executor
import IR
import Tensors

/// The k largest elements of each row, largest first, and where they stood.
///
/// Of equals the lower place comes first. NaN counts as larger than every number.
public struct TopK: KernelProviding, Evaluable, Costed {
  public static let signature = OpSignature(
    "top_k", "The k largest elements along the last axis, largest first, and their places.",
    category: .reduction, operands: [.required("x")], attributes: [.init("k", .int)])

  /// How many.
  public let k: Int

  /// The `k` largest.
  public init(k: Int) { self.k = k }

  public init(_ attributes: Attributes) throws(OpError) {
    k = try attributes.int("k")
    if k < 1 { throw .attributeRange("k", rule: "\(k) is below 1") }
  }

  public var attributes: Attributes { ["k": .int(k)] }

  public func resultTypes(_ operands: [TensorType]) throws(OpError) -> [TensorType] {
    try operands.check(count: 1)
    let x = operands[0]
    try operands.check(0, dtypes: DType.numbers)
    guard let last = x.shape.dims.last else { throw .rank(operand: 0, expected: "1 or more") }
    if let extent = last.value, k > extent {
      throw .attributeRange("k", rule: "\(k) is above \(extent), the extent of the last axis")
    }
    let shape = Shape(x.shape.dims.dropLast() + [Dim(k)])
    return [TensorType(x.dtype, shape), TensorType(.i32, shape)]
  }

  public func evaluate(_ operands: [Tensor]) throws -> [Tensor] {
    let x = operands[0]
    let dims = try resultTypes([x.type])[0].shape.values ?? []
    let width = x.dims[x.dims.count - 1]
    var positions: [Int] = []
    for row in stride(from: 0, to: x.count, by: max(width, 1)) {
      let order = (row..<row + width).sorted { a, b in
        if x.dtype.isInteger {
          let (p, q) = (x.integer(at: a), x.integer(at: b))
          return p == q ? a < b : p > q
        }
        let (p, q) = (x.double(at: a), x.double(at: b))
        return ElementOrder.isBefore(p, q) || (!ElementOrder.isBefore(q, p) && a < b)
      }
      positions += order.prefix(k)
    }
    return [
      try x.gathering(positions, dims: dims),
      try Tensor(.i32, dims: dims, integers: positions.map { $0 % width }),
    ]
  }

  public func flops(_ operands: [TensorType], _ results: [TensorType]) -> Int {
    operands[0].elements
  }

  public func makeKernel(_ request: KernelRequest) throws(KernelError) -> KernelBinding {
    KernelBinding(TopKKernel(request, k: k), operands: [0])
  }
}

/// Keeps the best places of a row sorted while it walks over it, in Swift.
///
/// An element that isn't among the best so far costs one comparison, which is nearly all of them.
private struct TopKKernel: Kernel {
  let name: String
  private let dtype: DType
  private let width: Int
  private let k: Int
  private let grid: TileGrid

  init(_ request: KernelRequest, k: Int) {
    let dims = request.dims(ofOperand: 0)
    dtype = request.operands[0].dtype
    self.k = k
    width = dims[dims.count - 1]
    grid = TileGrid(
      rows: dims.dropLast().reduce(1, *), columns: 1,
      elements: max(1, TileGrid.standardElements / max(width, 1)))
    name = "\(dtype)-top_k"
  }

  var tiles: Int { grid.tiles }

  func run(tiles: Range<Int>, io: KernelIO) {
    let places = io[2].assumingMemoryBound(to: Int32.self)
    for tile in tiles {
      for row in grid.block(tile).rows {
        let best = places + row * k
        let real = ElementAccess.withReals(dtype, io[0]) { read in
          select(best) {
            read(row * width + $0)
          } isBefore: {
            ElementOrder.isBefore($0, $1)
          }
        }
        if !real {
          ElementAccess.withIntegers(dtype, io[0]) { read in
            select(best) {
              read(row * width + $0)
            } isBefore: {
              ElementOrder.isBefore($0, $1)
            }
          }
        }
        let size = dtype.byteCount
        for i in 0..<k {
          (io[1] + (row * k + i) * size).copyMemory(
            from: io[0] + (row * width + Int(best[i])) * size, byteCount: size)
        }
      }
    }
  }

  /// Writes the places of the best `k` elements of a row, best first.
  @inline(__always)
  private func select<T>(
    _ best: UnsafeMutablePointer<Int32>, _ read: (Int) -> T, isBefore: (T, T) -> Bool
  ) {
    var found = 0
    for i in 0..<width {
      let value = read(i)
      if found == k, !isBefore(value, read(Int(best[k - 1]))) { continue }
      var at = found == k ? k - 1 : found
      while at > 0, isBefore(value, read(Int(best[at - 1]))) {
        best[at] = best[at - 1]
        at -= 1
      }
      best[at] = Int32(truncatingIfNeeded: i)
      found = min(found + 1, k)
    }
  }
}
