/// Distances, in elements, between neighbors along each axis of a dense array.
enum Strides {
  /// Row-major: the last axis is contiguous.
  static func dense(_ dims: [Int]) -> [Int] {
    var strides = dims
    var stride = 1
    for axis in dims.indices.reversed() {
      strides[axis] = stride
      stride *= dims[axis]
    }
    return strides
  }

  /// Those with which a dense array of `dims` is read as one of `target`: 0 along stretched axes.
  static func broadcasting(_ dims: [Int], to target: [Int]) -> [Int] {
    let missing = target.count - dims.count
    let own = dense(dims)
    return target.indices.map { axis in
      axis < missing || dims[axis - missing] == 1 ? 0 : own[axis - missing]
    }
  }
}
