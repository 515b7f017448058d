import IR

/// The ops that Weft comes with, in alphabetical order.
public enum BuiltinOps {
  /// Every op, one a line.
  public static let all: [any Op.Type] = []

  /// The ops by name.
  public static func table() -> OpTable {
    do {
      return try OpTable(all)
    } catch {
      preconditionFailure("\(error)")
    }
  }
}
