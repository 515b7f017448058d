extension GemmGrid {
  /// Up to so many rows stay together, and the columns are split: reading them is what takes time.
  private static let mostRowsOfStream = 16
  /// Bytes of the right side that are worth a tile there: 5 to 10 µs of one core.
  private static let bytesOfStream = 262_144.0
  private static let leastTilesOfStream = 8
  /// Rounding a row again for a tile should cost little beside multiplying it.
  private static let leastColumnsOfBlocks = 192
  /// Rounded rows of this size stay in a second-level cache while the right side passes.
  private static let roundedBytes = 384 << 10
  /// A tile has no more operations than these: half a millisecond of one core.
  private static let mostOperationsOfBlocks = 400e6

  /// A cut for products with blocks, whose tiles first round their rows.
  ///
  /// - Parameters:
  ///   - rowBytes: bytes of a rounded row.
  ///   - panelBytes: bytes of a panel, the average one.
  init(
    blockRows rows: Int, depth: Int, rowBytes: Int, panels: [Int], panelWidth: Int,
    panelBytes: Int
  ) {
    let allPanels = panels.reduce(0, +)
    let most = max(allPanels * panelWidth / GemmGrid.leastColumnsOfBlocks, 1)
    var block = rows
    var groups: Double
    if rows <= GemmGrid.mostRowsOfStream {
      let wanted = Double(allPanels) * Double(panelBytes) / GemmGrid.bytesOfStream
      // An even number: often two workers share them.
      groups = max(2 * (wanted / 2).rounded(), Double(GemmGrid.leastTilesOfStream))
    } else {
      let fitting = max(GemmGrid.roundedBytes / max(rowBytes, 1), GemmGrid.mostRowsOfStream)
      let blocks = max(ceilingDivision(rows, fitting), 2)
      block = ceilingDivision(rows, blocks)
      let area = 2 * Double(depth) * Double(allPanels * panelWidth)
      groups = max((Double(block) * area / GemmGrid.mostOperationsOfBlocks).rounded(.up), 2)
    }
    let count = max(Int(min(groups, Double(most))), 1)
    self.init(
      rows: rows, rowBlock: block, panels: panels,
      group: max(ceilingDivision(allPanels, count), 1))
  }
}
