/// How rows that are worked on alone are cut into tiles: by their bytes, never by threads.
struct RowTiles: Sendable {
  /// Bytes of a tile: enough that handing it out costs nothing beside it.
  private static let bytesPerTile = 1 << 15

  let rows: Int
  let rowsPerTile: Int

  /// Tiles of `rows` rows of `bytesPerRow` bytes that are read and written.
  init(rows: Int, bytesPerRow: Int) {
    self.rows = rows
    let fitting = max(RowTiles.bytesPerTile / max(bytesPerRow, 1), 1)
    let count = max(ceilingDivision(rows, fitting), 1)
    rowsPerTile = max(ceilingDivision(rows, count), 1)
  }

  /// The number of tiles; at least 1.
  var count: Int { max(ceilingDivision(rows, rowsPerTile), 1) }

  /// The rows of `tiles`, which follow one another.
  @inline(__always)
  func rows(_ tiles: Range<Int>) -> Range<Int> {
    min(tiles.lowerBound * rowsPerTile, rows)..<min(tiles.upperBound * rowsPerTile, rows)
  }
}
