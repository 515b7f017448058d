extension GemmGrid {
  /// Up to so many rows stay together, and the columns are split: reading them is what takes time.
  private static let mostRowsTogether = 48
  /// Operations that are worth a tile there: about 4 µs of one core; or bytes of the right side.
  private static let operationsPerTile = 4e6
  private static let bytesPerTile = 131_072.0
  /// Rounding a row takes as long as its product with some 24 columns: a tile has eight times as many.
  private static let leastColumns = 192
  /// A right side of this size stays in a second-level cache, and 16 rows suffice to pass over it.
  private static let cachedBytes = 640.0 * 1024
  /// More rows are split so that there are so many tiles, and none has more operations than these.
  private static let tilesWanted = 8
  private static let mostOperations = 32e6

  /// A cut for products whose tiles first round their rows to bytes: tiles with the same rows follow
  /// one another, and none has but a few columns.
  init(roundedRows rows: Int, depth: Int, panels: [Int], panelWidth: Int) {
    let allPanels = panels.reduce(0, +)
    let area = Double(depth) * Double(allPanels * panelWidth)
    var block = rows
    var groups = 1.0
    if rows > GemmGrid.mostRowsTogether {
      let height = area > GemmGrid.cachedBytes ? 32 : 16
      let blocks = ceilingDivision(rows, height)
      block = ceilingDivision(rows, blocks)
      groups = max(
        Double(ceilingDivision(GemmGrid.tilesWanted, blocks)),
        2 * Double(block) * area / GemmGrid.mostOperations)
    } else {
      let wanted = max(
        2 * Double(rows) * area / GemmGrid.operationsPerTile, area / GemmGrid.bytesPerTile)
      // An even number: often two workers share them.
      groups = 2 * (wanted / 2).rounded()
    }
    let most = max(allPanels * panelWidth / GemmGrid.leastColumns, 1)
    let count = max(Int(min(groups, Double(most))), 1)
    self.init(
      rows: rows, rowBlock: block, panels: panels,
      group: max(ceilingDivision(allPanels, count), 1))
  }
}
