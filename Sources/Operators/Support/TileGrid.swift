/// How a matrix of elements is cut into tiles of about equal size, by its shape alone.
struct TileGrid: Sendable {
  /// Elements of a tile where nothing else matters: 64K of f32 fit the second cache twice over.
  static let standardElements = 16384

  private let rows: Int
  private let columns: Int
  private let rowsPerTile: Int
  private let columnsPerTile: Int
  private let columnTiles: Int
  /// How many tiles there are; at least 1.
  let tiles: Int

  /// Cuts rows into groups, and a row only where it is longer than a tile.
  init(rows: Int, columns: Int, elements: Int = TileGrid.standardElements) {
    self.rows = rows
    self.columns = columns
    let pieces = TileGrid.quotient(columns, elements)
    columnsPerTile =
      pieces == 1 ? columns : TileGrid.quotient(TileGrid.quotient(columns, pieces), 64) * 64
    columnTiles = TileGrid.quotient(columns, max(columnsPerTile, 1))
    let groups = TileGrid.quotient(rows, max(1, elements / max(columnsPerTile, 1)))
    rowsPerTile = TileGrid.quotient(rows, groups)
    tiles = TileGrid.quotient(rows, rowsPerTile) * columnTiles
  }

  /// `a / b` rounded up, at least 1.
  private static func quotient(_ a: Int, _ b: Int) -> Int { a == 0 ? 1 : (a - 1) / b + 1 }

  /// The rows and columns of a tile; empty where the matrix is.
  func block(_ tile: Int) -> (rows: Range<Int>, columns: Range<Int>) {
    let (group, piece) = tile.quotientAndRemainder(dividingBy: columnTiles)
    let row = min(group * rowsPerTile, rows)
    let column = min(piece * columnsPerTile, columns)
    return (row..<min(row + rowsPerTile, rows), column..<min(column + columnsPerTile, columns))
  }
}
