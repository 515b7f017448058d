import Foundation
import WeftPlugin

/// `weft --plugin … count FILE`: how often each op stands in a model.
struct CountCommand: PluginCommand {
  let name = "count"
  let summary = "Count the ops of a graph file."

  /// Why there is nothing to count.
  struct Usage: Error, CustomStringConvertible {
    let description = "give one graph file: weft count FILE"
  }

  func run(_ arguments: [String], registry: Registry) throws {
    guard arguments.count == 1 else { throw Usage() }
    let source = ModelSource(file: URL(filePath: arguments[0]))
    var counts: [String: Int] = [:]
    for entry in try source.definition(registry: registry).entries {
      for node in entry.nodes { counts[node.op.name, default: 0] += 1 }
    }
    for (name, count) in counts.sorted(by: { $0.key < $1.key }) { print("\(name) \(count)") }
  }
}
