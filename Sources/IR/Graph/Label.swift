/// What the source calls a value: by a name that a layer gives it, or as the layer's result.
public struct Label: Hashable, Sendable {
  /// The layer, which was called with `as`, that the name stands in.
  public var path: LayerPath
  /// The layers called without `as` on the way from there, outermost first.
  public var within: [String]
  /// The name; nil for the result of the layer, the innermost of ``within`` where there is one.
  public var name: String?
  /// The statement, or the call whose result it is.
  public var location: SourceLocation?
  /// The value.
  public var value: ValueID

  /// A label from its parts.
  public init(
    path: LayerPath, within: [String] = [], name: String?, location: SourceLocation? = nil,
    value: ValueID
  ) {
    self.path = path
    self.within = within
    self.name = name
    self.location = location
    self.value = value
  }
}
