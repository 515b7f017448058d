/// A walk through arrays of one shape and strides of their own, in row-major order, with as few
/// axes as can be: those of extent 1 are dropped, and neighbors are merged where all arrays allow.
///
/// The last axis is a *row*; rows are numbered through over the axes before it.
struct LoopNest: Sendable {
  /// The extents; at least two.
  private(set) var extents: [Int]
  /// For each array, its stride along each axis.
  private(set) var strides: [[Int]]

  /// The walk over `dims` for arrays with these strides.
  init(_ dims: [Int], strides all: [[Int]]) {
    var extents: [Int] = []
    var strides = all.map { _ in [Int]() }
    for axis in dims.indices where dims[axis] != 1 {
      let extent = dims[axis]
      let merges =
        !extents.isEmpty
        && all.indices.allSatisfy { strides[$0][extents.count - 1] == all[$0][axis] * extent }
      if merges {
        extents[extents.count - 1] *= extent
        for i in all.indices { strides[i][extents.count - 1] = all[i][axis] }
      } else {
        extents.append(extent)
        for i in all.indices { strides[i].append(all[i][axis]) }
      }
    }
    while extents.count < 2 {
      extents.insert(1, at: 0)
      for i in all.indices { strides[i].insert(0, at: 0) }
    }
    self.extents = extents
    self.strides = strides
  }

  /// How many rows there are.
  var rows: Int { extents.dropLast().reduce(1, *) }

  /// Elements in a row.
  var columns: Int { extents[extents.count - 1] }

  /// Rows that follow each other with one stride in every array.
  var regularRows: Int { extents[extents.count - 2] }

  /// Where row `row` of array `i` starts, in elements.
  func offset(of row: Int, in i: Int) -> Int {
    var rest = row
    var offset = 0
    var axis = extents.count - 2
    while axis >= 0 {
      let (quotient, index) = rest.quotientAndRemainder(dividingBy: max(extents[axis], 1))
      offset += index * strides[i][axis]
      rest = quotient
      axis -= 1
    }
    return offset
  }

  /// The stride of array `i` between regular rows.
  func rowStride(_ i: Int) -> Int { strides[i][extents.count - 2] }

  /// The stride of array `i` inside a row.
  func columnStride(_ i: Int) -> Int { strides[i][extents.count - 1] }

  /// Calls `body` with the pieces of `rows` inside which rows are regular.
  @inline(__always)
  func forEachRegular(_ rows: Range<Int>, _ body: (Range<Int>) -> Void) {
    let period = max(regularRows, 1)
    var row = rows.lowerBound
    while row < rows.upperBound {
      let end = min(rows.upperBound, (row / period + 1) * period)
      body(row..<end)
      row = end
    }
  }
}
