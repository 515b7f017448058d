/// How rows that are worked on alone are cut into tiles: by their bytes, never by threads.
public struct RowTiles: Sendable {
  /// Bytes of a tile: enough that handing it out costs nothing beside it.
  private static let bytesPerTile = 1 << 15

  /// The number of rows.
  public let rows: Int
  /// How many rows a tile has; the last may have fewer.
  public let rowsPerTile: Int

  /// Tiles of `rows` rows of `bytesPerRow` bytes that are read and written.
  public init(rows: Int, bytesPerRow: Int) {
    self.rows = rows
    let fitting = max(RowTiles.bytesPerTile / max(bytesPerRow, 1), 1)
    let count = max(ceilingDivision(rows, fitting), 1)
    rowsPerTile = max(ceilingDivision(rows, count), 1)
  }

  /// The number of tiles; at least 1.
  public var count: Int { max(ceilingDivision(rows, rowsPerTile), 1) }

  /// The rows of `tiles`, which follow one another.
  @inlinable
  public func rows(_ tiles: Range<Int>) -> Range<Int> {
    min(tiles.lowerBound * rowsPerTile, rows)..<min(tiles.upperBound * rowsPerTile, rows)
  }
}
