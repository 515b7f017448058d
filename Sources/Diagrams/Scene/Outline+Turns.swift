/// Layers that take turns: every other one sees a window only, or has an attention of another kind.
extension Outline {
  /// How many siblings take turns, and where whole turns end; nil where they are equal in another way.
  func turn(
    of siblings: [Int], _ areEqual: (Int, Int) -> Bool
  ) -> (length: Int, end: Int)? {
    let count = siblings.count
    guard count >= 4, zip(siblings.dropFirst(), siblings).allSatisfy(follows),
      !siblings.contains(where: { expansion.opens(layers[$0].path) })
    else { return nil }
    let length = (1...min(8, count / 2)).first { length in
      (length..<count).allSatisfy { areEqual(siblings[$0], siblings[$0 - length]) }
    }
    guard let length, length > 1 else { return nil }
    return (length, count / length * length)
  }

  func follows(_ layer: Int, _ before: Int) -> Bool {
    index(layer).subtractingReportingOverflow(index(before)) == (1, false)
  }

  /// Whether the layers that a layer stands for have others between them.
  func takesTurns(_ layer: Int) -> Bool {
    runs[layer].map { $0.lastIndex - index(layer) + 1 != $0.count } ?? false
  }
}
