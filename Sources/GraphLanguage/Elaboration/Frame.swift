import IR
import Tensors

/// A variable of a layer or model that is being elaborated.
struct Variable {
  /// What it stands for; nil where the statement that gives it failed.
  var value: Value?
  /// The type that a `var` keeps, for a tensor.
  var type: TensorType?
}

/// One call of a layer, or one entry of a model.
struct Frame {
  /// A call that leads here.
  struct Call {
    var layer: String
    var location: SourceLocation
  }

  /// A call without a name on the way from the last named layer, with the trips of its loops.
  struct Link: Hashable {
    var location: SourceLocation
    var trips: [Int]
    /// The call.
    var span: Span
  }

  var scopes: [[String: Variable]] = [[:]]
  var path = LayerPath()
  /// Outermost first.
  var calls: [Call] = []
  var locations: [SourceLocation] = []
  /// Calls since the last named one.
  var links: [Link] = []
  /// The trips of the loops that are running in this frame.
  var trips: [Int] = []
  var layer: LayerDeclaration?
  /// What `...` stands for in this layer.
  var leading: [Extent]?
  /// What brought `...` along.
  var leadingOwner = ""

  /// The layers called without a name since the last named one.
  var unnamedLayers: [String] { calls.suffix(links.count).map(\.layer) }

  func find(_ name: String) -> Variable? {
    for scope in scopes.reversed() { if let found = scope[name] { return found } }
    return nil
  }

  mutating func set(_ name: String, _ variable: Variable) {
    guard name != "_" else { return }
    scopes[scopes.count - 1][name] = variable
  }

  mutating func assign(_ name: String, _ value: Value?) {
    for i in scopes.indices.reversed() where scopes[i][name] != nil {
      scopes[i][name]?.value = value
      return
    }
  }
}
