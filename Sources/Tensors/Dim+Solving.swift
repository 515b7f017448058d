extension Dim {
  /// The value of the symbol for which the extent is `extent`: 3 for `2*n + 1` and 7.
  ///
  /// nil where the extent isn't linear in just one symbol; a value of nil where no whole number from
  /// 0 on gives `extent`.
  public func solved(for extent: Int) -> (symbol: String, value: Int?)? {
    guard let first = terms.first, first.symbols.count == 1, terms.count <= 2,
      terms.dropFirst().allSatisfy({ $0.symbols.isEmpty })
    else { return nil }
    let constant = terms.count == 2 ? terms[1].coefficient : 0
    let (rest, overflow) = extent.subtractingReportingOverflow(constant)
    guard !overflow, first.coefficient != -1 || rest != .min else {
      return (first.symbols[0], nil)
    }
    let (value, remainder) = rest.quotientAndRemainder(dividingBy: first.coefficient)
    return (first.symbols[0], remainder == 0 && value >= 0 ? value : nil)
  }
}
