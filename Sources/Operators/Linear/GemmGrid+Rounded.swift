extension GemmGrid {
  /// Operations that a tile of a product of bytes should be worth: about 5 µs of one core.
  private static let operationsPerTile = 4e6
  /// Up to so many rows stay together: what is read then is the right side, by each tile a part.
  private static let mostRowsTogether = 48
  /// A right side of this size stays in a second-level cache while row after row passes.
  private static let cachedBytes = 1 << 19
  /// Rounding a row costs what its product with about 24 columns costs.
  private static let leastColumns = 192

  /// A cut for products whose tiles first round their rows to bytes, which takes as long as a few
  /// columns: tiles with the same rows follow one another, and none has but a few columns.
  init(roundedRows rows: Int, depth: Int, panels: [Int], panelWidth: Int) {
    let allPanels = panels.reduce(0, +)
    let area = Double(max(depth, 1)) * Double(allPanels * panelWidth)
    var block = rows
    if rows > GemmGrid.mostRowsTogether {
      let height = area > Double(GemmGrid.cachedBytes) ? 32 : 16
      block = ceilingDivision(rows, ceilingDivision(rows, height))
    }
    let work = 2 * Double(block) * area / GemmGrid.operationsPerTile
    let most = max(allPanels * panelWidth / GemmGrid.leastColumns, 1)
    let groups = max(min(Int(work), most), 1)
    self.init(
      rows: rows, rowBlock: block, panels: panels,
      group: max(ceilingDivision(allPanels, groups), 1))
  }
}
