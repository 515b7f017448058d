/// How the rows and columns of matrix products that share their left side are cut into tiles.
///
/// Made of the extents alone. Results don't hang on the cut: each is one chain of multiply-adds.
struct GemmGrid: Sendable {
  /// Some panels of one of the right sides.
  struct Columns: Sendable {
    let segment: Int
    let panels: Range<Int>
  }

  /// Work that a tile should be worth: about 8 µs of one core. A worker takes neighbours in one go.
  private static let flopsPerTile = 2e6
  /// With few rows memory is the limit: a tile should read this much of the right side.
  private static let bytesPerTile = 131_072.0
  private static let mostTiles = 128.0
  /// Rows of a block: so many that reading the right side costs nothing beside them, so few that
  /// they stay in a cache from one step to the next, and that a worker keeps its rows.
  private static let rowsPerBlock = 128
  /// So many rows make two blocks.
  private static let rowsToSplit = 96

  let rows: Int
  let rowBlock: Int
  let rowBlocks: Int
  let columns: [Columns]

  var tiles: Int { max(rowBlocks * columns.count, 1) }

  /// A cut of `rows` × `depth` times panels of `panelWidth` columns, `panels[i]` for right side i.
  init(rows: Int, depth: Int, panels: [Int], panelWidth: Int, registerRows: Int) {
    var blocks = max(
      ceilingDivision(rows, GemmGrid.rowsPerBlock), rows >= GemmGrid.rowsToSplit ? 2 : 1)
    let allPanels = panels.reduce(0, +)
    let area = Double(depth) * Double(allPanels * panelWidth)
    let wanted = min(
      max(2 * Double(rows) * area / GemmGrid.flopsPerTile, 4 * area / GemmGrid.bytesPerTile),
      GemmGrid.mostTiles)
    // Few panels and many rows: the rows have to give the tiles.
    if allPanels > 0 {
      let more = min(Int(wanted) / allPanels, rows / (4 * registerRows))
      blocks = max(blocks, more)
    }
    blocks = rows == 0 ? 0 : max(blocks, 1)
    let rowBlock = blocks == 0 ? 0 : ceilingDivision(rows, blocks)
    let rowBlocks = rowBlock == 0 ? 0 : ceilingDivision(rows, rowBlock)
    let groups = max(Int(wanted) / max(rowBlocks, 1), 1)
    self.init(
      rows: rows, rowBlock: rowBlock, panels: panels,
      group: max(ceilingDivision(allPanels, groups), 1))
  }

  /// A cut into blocks of `rowBlock` rows and groups of at most `group` panels.
  init(rows: Int, rowBlock: Int, panels: [Int], group: Int) {
    self.rows = rows
    self.rowBlock = rowBlock
    rowBlocks = rowBlock == 0 ? 0 : ceilingDivision(rows, rowBlock)
    columns = panels.enumerated().flatMap { segment, count in
      let parts = ceilingDivision(count, group)
      return (0..<parts).map {
        Columns(segment: segment, panels: $0 * count / parts..<($0 + 1) * count / parts)
      }
    }
  }

  /// Tiles side by side, computed in one go: the kernel fetches the next panel while it computes one.
  struct Block {
    let rows: Range<Int>
    let segment: Int
    let panels: Range<Int>
    /// How many tiles it is.
    let count: Int
  }

  /// Tile `first` and those after it, before `end`, that go on with the same rows and right side.
  @inline(__always)
  func tiles(from first: Int, before end: Int) -> Block {
    let (block, column) = first.quotientAndRemainder(dividingBy: columns.count)
    let segment = columns[column].segment
    let last = min(columns.count, column + end - first)
    var next = column + 1
    while next < last, columns[next].segment == segment { next += 1 }
    let row = block * rowBlock
    return Block(
      rows: row..<min(row + rowBlock, rows), segment: segment,
      panels: columns[column].panels.lowerBound..<columns[next - 1].panels.upperBound,
      count: next - column)
  }

  /// Whether there is anything to compute.
  var isEmpty: Bool { rowBlocks == 0 || columns.isEmpty }
}
