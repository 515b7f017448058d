import Tensors

/// Elements as the references of elementwise ops compute them: reals in Double, integers and bools
/// in Int.
enum Column: Sendable {
  case reals([Double])
  case integers([Int])

  /// The elements of `tensor`, repeated along the axes that `dims` stretches.
  init(_ tensor: Tensor, broadcastTo dims: [Int]) {
    let strides = Strides.broadcasting(tensor.dims, to: dims)
    var positions: [Int] = [0]
    for (extent, stride) in zip(dims, strides) {
      positions = positions.flatMap { at in (0..<extent).map { at + $0 * stride } }
    }
    self =
      tensor.dtype.isFloatingPoint
      ? .reals(positions.map { tensor.double(at: $0) })
      : .integers(positions.map { tensor.integer(at: $0) })
  }

  /// The elements, rounded to `dtype`.
  func tensor(_ dtype: DType, dims: [Int]) throws(TensorError) -> Tensor {
    switch self {
    case .reals(let values): try Tensor(dtype, dims: dims, doubles: values)
    case .integers(let values): try Tensor(dtype, dims: dims, integers: values)
    }
  }

  /// The elements as Doubles.
  var reals: [Double] {
    switch self {
    case .reals(let values): values
    case .integers(let values): values.map { Double($0) }
    }
  }

  /// The elements as integers; reals are truncated and clamped.
  var integers: [Int] {
    switch self {
    case .reals(let values): values.map { Int(clamping: $0) }
    case .integers(let values): values
    }
  }

  /// The elements as truth values; NaN is true.
  var bools: [Bool] {
    switch self {
    case .reals(let values): values.map { $0 != 0 }
    case .integers(let values): values.map { $0 != 0 }
    }
  }

  /// The elements converted to `dtype`: reals rounded, or truncated and clamped to integers;
  /// integers wrapped.
  func converted(to dtype: DType) -> Column {
    switch dtype {
    case .f32: .reals(reals.map { Double(Float($0)) })
    case .f16:
      .reals(reals.map { Double(HalfPrecision.float(fromBinary16: HalfPrecision.binary16($0))) })
    case .bf16:
      .reals(reals.map { Double(HalfPrecision.float(fromBFloat16: HalfPrecision.bfloat16($0))) })
    case .bool: .integers(bools.map { $0 ? 1 : 0 })
    case .i64: .integers(integers)
    case .i32:
      switch self {
      case .reals: .integers(integers.map { Int(Int32(clamping: $0)) })
      case .integers(let values): Column.integers(values).wrapped(to: .i32)
      }
    }
  }

  /// Integers wrapped to the range of `dtype`; reals as they are.
  func wrapped(to dtype: DType) -> Column {
    guard case .integers(let values) = self, dtype == .i32 else { return self }
    return .integers(values.map { Int(Int32(truncatingIfNeeded: $0)) })
  }
}

extension ScalarFunction {
  /// The reference: the result for every element of `columns`, whose common type is `dtype`.
  func evaluate(_ columns: [Column], _ dtype: DType) -> Column {
    switch body {
    case .real1(let f): return .reals(columns[0].reals.map(f))
    case .real2(let f): return .reals(zip(columns[0].reals, columns[1].reals).map(f))
    case .number1(let real, let integer):
      guard dtype.isInteger else { return .reals(columns[0].reals.map(real)) }
      return Column.integers(columns[0].integers.map(integer)).wrapped(to: dtype)
    case .number2(let real, let integer):
      guard dtype.isInteger else {
        return .reals(zip(columns[0].reals, columns[1].reals).map(real))
      }
      let results = zip(columns[0].integers, columns[1].integers).map(integer)
      return Column.integers(results).wrapped(to: dtype)
    case .comparison(let real, let integer):
      let results =
        dtype.isFloatingPoint
        ? zip(columns[0].reals, columns[1].reals).map(real)
        : zip(columns[0].integers, columns[1].integers).map(integer)
      return .integers(results.map { $0 ? 1 : 0 })
    case .logic1(let f): return .integers(columns[0].bools.map { f($0) ? 1 : 0 })
    case .logic2(let f):
      return .integers(zip(columns[0].bools, columns[1].bools).map { f($0, $1) ? 1 : 0 })
    case .select:
      let conditions = columns[0].bools
      if case .integers(let x) = columns[1], case .integers(let y) = columns[2] {
        return .integers(conditions.indices.map { conditions[$0] ? x[$0] : y[$0] })
      }
      let (x, y) = (columns[1].reals, columns[2].reals)
      return .reals(conditions.indices.map { conditions[$0] ? x[$0] : y[$0] })
    case .conversion(let dtype): return columns[0].converted(to: dtype)
    case .identity: return columns[0]
    case .foreign(let function): return function.evaluate(columns)
    }
  }
}
