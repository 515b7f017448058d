extension Tensor {
  /// A tensor from Double values, each rounded to `dtype` (integers: truncated and clamped).
  public init(_ dtype: DType, dims: [Int], doubles: [Double]) throws(TensorError) {
    try self.init(zeros: dtype, dims: dims)
    guard doubles.count == count else {
      throw .countMismatch(expected: doubles.count, found: dims)
    }
    for (i, value) in doubles.enumerated() { initialize(value, at: i) }
  }

  /// An f32 tensor from its elements.
  public init(dims: [Int], floats: [Float]) throws(TensorError) {
    try self.init(zeros: .f32, dims: dims)
    guard floats.count == count else { throw .countMismatch(expected: floats.count, found: dims) }
    floats.withUnsafeBytes {
      if let from = $0.baseAddress { pointer.copyMemory(from: from, byteCount: $0.count) }
    }
  }

  /// An integer tensor from its elements, clamped to `dtype`.
  public init(_ dtype: DType, dims: [Int], integers: [Int]) throws(TensorError) {
    try self.init(zeros: dtype, dims: dims)
    guard integers.count == count else {
      throw .countMismatch(expected: integers.count, found: dims)
    }
    for (i, value) in integers.enumerated() {
      switch dtype {
      case .i32: pointer.storeBytes(of: Int32(clamping: value), toByteOffset: 4 * i, as: Int32.self)
      case .i64: pointer.storeBytes(of: Int64(value), toByteOffset: 8 * i, as: Int64.self)
      default: initialize(Double(value), at: i)
      }
    }
  }

  /// Element `i` in row-major order as a Double (bool: 0 or 1; i64 rounded).
  public func double(at i: Int) -> Double {
    let at = pointer + i * dtype.byteCount
    return switch dtype {
    case .f32: Double(at.loadUnaligned(as: Float.self))
    case .f16: Double(HalfPrecision.float(fromBinary16: at.loadUnaligned(as: UInt16.self)))
    case .bf16: Double(HalfPrecision.float(fromBFloat16: at.loadUnaligned(as: UInt16.self)))
    case .i32: Double(at.loadUnaligned(as: Int32.self))
    case .i64: Double(at.loadUnaligned(as: Int64.self))
    case .bool: at.load(as: UInt8.self) == 0 ? 0 : 1
    }
  }

  /// Element `i` in row-major order as an integer (reals truncated and clamped, NaN 0).
  public func integer(at i: Int) -> Int {
    let at = pointer + i * dtype.byteCount
    return switch dtype {
    case .i32: Int(at.loadUnaligned(as: Int32.self))
    case .i64: Int(at.loadUnaligned(as: Int64.self))
    default: Int(clamping: double(at: i))
    }
  }

  /// All elements as Doubles, in row-major order.
  public var doubles: [Double] { (0..<count).map { double(at: $0) } }

  /// All elements as Floats, in row-major order.
  public var floats: [Float] { (0..<count).map { Float(double(at: $0)) } }

  /// All elements as integers, in row-major order.
  public var integers: [Int] { (0..<count).map { integer(at: $0) } }

  /// Rounds `value` to the element type and writes it at row-major position `i`.
  ///
  /// Only for a tensor that no one else reads yet.
  public func initialize(_ value: Double, at i: Int) {
    let at = pointer + i * dtype.byteCount
    switch dtype {
    case .f32: at.storeBytes(of: Float(value), as: Float.self)
    case .f16: at.storeBytes(of: HalfPrecision.binary16(value), as: UInt16.self)
    case .bf16: at.storeBytes(of: HalfPrecision.bfloat16(value), as: UInt16.self)
    case .i32: at.storeBytes(of: Int32(clamping: Int(clamping: value)), as: Int32.self)
    case .i64: at.storeBytes(of: Int64(Int(clamping: value)), as: Int64.self)
    case .bool: at.storeBytes(of: value == 0 ? 0 : 1, as: UInt8.self)
    }
  }
}

extension Int {
  /// `value` truncated toward zero and clamped to the range; NaN gives 0.
  public init(clamping value: Double) {
    if value.isNaN {
      self = 0
    } else if value >= 0x1p63 {
      self = .max
    } else if value <= -0x1p63 {
      self = .min
    } else {
      self = Int(value)
    }
  }
}
