/// A graph file with everything that it imports. All layers share one namespace.
struct Program {
  /// The files, the root first.
  var files: [SourceFile] = []
  /// The layers of all files, by name.
  var layers: [String: LayerDeclaration] = [:]
  /// Names that broken statements would have declared.
  var brokenNames: Set<String> = []
  /// Whether a file couldn't be read whole.
  var isIncomplete = false

  /// The models of the root.
  var models: [ModelDeclaration] { files.first?.models ?? [] }
}
