import IR
import Tensors

/// Where a whole number comes from, so that an error about `384` can say which `384` it is.
final class Provenance: Sendable {
  enum Source: Sendable {
    /// Written as it is.
    case literal
    /// A config; the text says what set it where that isn't the graph file.
    case config(String, setBy: String?)
    /// An argument of a layer.
    case argument(String)
    /// A dimension that a layer's argument brought along.
    case dimension(String, of: String)
    /// A symbolic dimension of an input or a state.
    case symbol(of: String)
    /// Given a name with `let`, or the counter of a loop.
    case name(String)
    /// Computed; the text is the expression.
    case computed(String)
  }

  let source: Source
  let location: SourceLocation
  /// What it was made of.
  let parts: [Extent]

  init(_ source: Source, _ location: SourceLocation, parts: [Extent] = []) {
    self.source = source
    self.location = location
    self.parts = parts
  }

  /// `384 is 'width', set at minilm.weft:3:10`.
  func sentence(for dim: Dim) -> String {
    let origin = root
    var text: String
    switch source {
    case .literal: return "\(dim) is written at \(location)"
    case .config(let name, let setBy):
      return "\(dim) is '\(name)', \(setBy ?? "set at \(location)")"
    case .symbol(let owner): return "'\(dim)' is a dimension of \(owner), \(location)"
    case .argument(let name): text = "\(dim) comes from '\(name)', given at \(location)"
    case .dimension(let name, let argument):
      text = "\(dim) is '\(name)' of \(argument), given at \(location)"
    case .name(let name):
      text = "\(dim) is '\(name)', \(location)"
    case .computed(let expression):
      text = "\(dim) is \(expression), \(location)"
      let named = parts.filter { if case .literal? = $0.source?.source { false } else { true } }
      if let part = named.first, let source = part.source {
        return text + ", where " + source.root.sentence(for: part.dim)
      }
      return text
    }
    if origin !== self, case .literal = origin.source {
      if origin.location != location { text += ", written at \(origin.location)" }
    } else if origin !== self {
      text += ", where " + origin.sentence(for: dim)
    }
    return text
  }

  /// The same number's first source, through arguments and names.
  private var root: Provenance {
    switch source {
    case .argument, .dimension, .name: parts.first?.source?.root ?? self
    default: self
    }
  }
}

/// A whole number or symbolic dimension with where it comes from.
struct Extent: Sendable {
  var dim: Dim
  var source: Provenance?

  init(_ dim: Dim, _ source: Provenance? = nil) {
    self.dim = dim
    self.source = source
  }
}
