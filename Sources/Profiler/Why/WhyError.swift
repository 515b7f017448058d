/// Why there is nothing to say about what was asked for.
public enum WhyError: Error, Hashable, CustomStringConvertible {
  /// The model has no such file.
  case unknownFile(String, nearest: String?, known: [String])
  /// Several files of the model are called so.
  case ambiguousFile(String, candidates: [String])
  /// The file ends before the line.
  case lineBeyond(file: String, line: Int, count: Int)
  /// The model has no such layer.
  case unknownLayer(String, nearest: String?)
  /// There is no such pass.
  case unknownPass(String, nearest: String?, known: [String])

  public var description: String {
    switch self {
    case .unknownFile(let name, let nearest, let known):
      "the model has no file '\(name)'; " + Self.hint(nearest, known)
    case .ambiguousFile(let name, let candidates):
      "'\(name)' may be \(candidates.joined(separator: " or ")): say which"
    case .lineBeyond(let file, let line, let count):
      "\(file) has \(count) line\(count == 1 ? "" : "s"), there is no line \(line)"
    case .unknownLayer(let path, let nearest):
      "the model has no layer '\(path)'"
        + (nearest.map { "; did you mean '\($0)'?" } ?? "; without a line or path, all are shown")
    case .unknownPass(let name, let nearest, let known):
      "there is no pass '\(name)'; " + Self.hint(nearest, known)
    }
  }

  private static func hint(_ nearest: String?, _ known: [String]) -> String {
    nearest.map { "did you mean '\($0)'?" } ?? "there is \(known.joined(separator: ", "))"
  }
}
