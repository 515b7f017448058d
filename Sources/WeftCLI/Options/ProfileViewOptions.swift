import ArgumentParser
import Weft

/// What of a profile is shown.
struct ProfileViewOptions: ParsableArguments {
  @Option(
    help:
      "One row for each line of the graph file and op (the default), layer as a tree, op, kind of work, step."
  )
  var by: ProfileGrouping?

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "Open a layer down to its steps, its indexes one by one: encoder.layer.3; 'all' for all.",
      valueName: "layer"))
  var expand: [String] = []

  @Option(help: ArgumentHelp("Show this layer only.", valueName: "layer"))
  var focus: String?

  @Option(help: "How many levels of layers to show.")
  var depth: Int?

  @Option(
    help: ArgumentHelp(
      "The columns: \(ProfileColumn.allCases.map(\.rawValue).joined(separator: ", ")). By default those that fit.",
      valueName: "name,…"))
  var columns: ColumnList?

  @Flag(help: "All columns, however wide the table.")
  var wide = false

  func validate() throws {
    if let depth, depth < 1 {
      throw ValidationError("--depth takes a number from 1, found \(depth)")
    }
    if wide, columns != nil { throw ValidationError("give --columns or --wide, not both") }
    if let by, by != .layer, depth != nil || !expand.isEmpty {
      throw ValidationError("--depth and --expand belong to --by layer, found --by \(by.rawValue)")
    }
  }

  /// The view; layers are what is shown where only a tree has what was asked for.
  var view: ProfileView {
    ProfileView(
      by: by ?? (depth != nil || !expand.isEmpty ? .layer : .line), expanded: expand, focus: focus,
      depth: depth, columns: columns?.columns, width: wide ? nil : Terminal.outputWidth)
  }

  /// Names of columns with commas between them.
  struct ColumnList: ExpressibleByArgument {
    var columns: [ProfileColumn] = []

    init?(argument: String) {
      for name in argument.split(separator: ",") {
        guard let column = ProfileColumn(rawValue: String(name)) else { return nil }
        columns.append(column)
      }
      if columns.isEmpty { return nil }
    }
  }
}

extension ProfileGrouping: ExpressibleByArgument {}
