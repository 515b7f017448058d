import Tensors

/// Numbers that tests feed to ops, the same in every run.
struct Samples {
  private var state: UInt64

  init(seed: UInt64 = 1) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

  /// The next number in -1 ..< 1.
  mutating func unit() -> Double {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Double(Int64(bitPattern: state) >> 11) * 0x1p-52
  }

  /// A tensor of numbers in `-scale ..< scale`: integers whole, bools true or false.
  mutating func tensor(_ dtype: DType, _ dims: [Int], scale: Double = 4) throws -> Tensor {
    let count = dims.reduce(1, *)
    let values = (0..<count).map { _ in unit() * scale }
    return dtype == .bool
      ? try Tensor(.bool, dims: dims, integers: values.map { $0 > 0 ? 1 : 0 })
      : try Tensor(dtype, dims: dims, doubles: values)
  }

  /// A tensor of reals with NaN, infinities, zeros and extremes among them.
  mutating func awkward(_ dtype: DType, _ dims: [Int], scale: Double = 4) throws -> Tensor {
    let special: [Double] = [.nan, .infinity, -.infinity, 0, -0.0, 1, -1, 100, -100, 1e-30, 3e38]
    let count = dims.reduce(1, *)
    let values = (0..<count).map { i in
      i % 3 == 0 ? special[i / 3 % special.count] : unit() * scale
    }
    return try Tensor(dtype, dims: dims, doubles: values)
  }
}
