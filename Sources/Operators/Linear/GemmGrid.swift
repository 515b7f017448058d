/// How the rows and columns of matrix products that share their left side are cut into tiles.
///
/// Made of the extents alone. Results don't hang on the cut: each is one chain of multiply-adds.
struct GemmGrid: Sendable {
  /// Some panels of one of the right sides.
  struct Columns: Sendable {
    let segment: Int
    let panels: Range<Int>
  }

  /// Work that a tile should be worth: about 13 µs of one core.
  private static let flopsPerTile = 2e6
  /// With few rows memory is the limit: a tile should read this much of the right side.
  private static let bytesPerTile = 131_072.0
  private static let mostTiles = 128.0
  /// Rows of the left side that a tile goes over stay in a 2 MB cache beside a panel.
  private static let leftBytes = 1 << 20

  let rows: Int
  let rowBlock: Int
  let rowBlocks: Int
  let columns: [Columns]

  var tiles: Int { max(rowBlocks * columns.count, 1) }

  /// A cut of `rows` × `depth` times panels of `panelWidth` columns, `panels[i]` for right side i.
  init(rows: Int, depth: Int, panels: [Int], panelWidth: Int, registerRows: Int) {
    self.rows = rows
    let fitting = max(GemmGrid.leftBytes / max(4 * depth, 1), 4 * registerRows)
    var blocks = ceilingDivision(rows, fitting)
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
    rowBlock =
      blocks == 0
      ? 0
      : ceilingDivision(ceilingDivision(rows, blocks), registerRows)
        * registerRows
    rowBlocks = rowBlock == 0 ? 0 : ceilingDivision(rows, rowBlock)
    let groups = max(Int(wanted) / max(rowBlocks, 1), 1)
    let group = max(ceilingDivision(allPanels, groups), 1)
    columns = panels.enumerated().flatMap { segment, count in
      let parts = ceilingDivision(count, group)
      return (0..<parts).map {
        Columns(segment: segment, panels: $0 * count / parts..<($0 + 1) * count / parts)
      }
    }
  }

  /// The rows and columns of tile `i`.
  @inline(__always)
  func tile(_ i: Int) -> (rows: Range<Int>, columns: Columns) {
    let block = i / columns.count
    let first = block * rowBlock
    return (first..<min(first + rowBlock, rows), columns[i % columns.count])
  }

  /// Whether there is anything to compute.
  var isEmpty: Bool { rowBlocks == 0 || columns.isEmpty }
}
