/// An entry that decodes: its inputs are those that a session gives.
struct DecodingEntry: Sendable {
  let entry: Entry
  /// The width of what is predicted.
  let vocabulary: Int

  var graph: Graph { entry.graph }

  /// The inputs that a session knows.
  static let inputs = ["input_ids", "position_ids", "slot_ids", "rows"]

  init(_ name: String, of model: Model) throws {
    guard let entry = try? model.entry(name) else {
      throw DecodingError.noDecoder(
        model: model.definition.name, entries: model.definition.entries.map(\.name))
    }
    self.entry = entry
    let given = entry.graph.inputs.compactMap(\.name)
    let expected = name == "prefill" ? Self.inputs : Self.inputs.dropLast()
    guard Set(given) == Set(expected) else {
      throw DecodingError.inputs(entry: name, expected: expected, found: given)
    }
    guard let output = entry.graph.outputs.first,
      case let type = entry.graph.type(of: output.value), type.rank == 2, type.dtype == .f32,
      let width = type.shape.dims[1].value
    else {
      throw DecodingError.output(
        entry: name,
        found: entry.graph.outputs.first.map { "\(entry.graph.type(of: $0.value))" } ?? "none")
    }
    vocabulary = width
  }
}
