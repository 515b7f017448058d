import ArgumentParser
import Foundation
import Weft

/// Values for symbolic dimensions.
struct BindingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Values for the symbolic dimensions, such as batch=1,tokens=128.",
      valueName: "name=value,…"))
  var bind: String?

  func validate() throws { _ = try bindings() }

  /// The bindings; empty where none were given.
  func bindings() throws -> Bindings {
    var bindings = Bindings()
    for pair in (bind ?? "").split(separator: ",") {
      let parts = pair.split(separator: "=", maxSplits: 1)
        .map { $0.trimmingCharacters(in: .whitespaces) }
      guard parts.count == 2, !parts[0].isEmpty, let value = Int(parts[1]), value >= 1 else {
        throw ValidationError("--bind needs name=number,… with numbers from 1, found '\(pair)'")
      }
      let name = parts[0]
      guard bindings[name] == nil else { throw ValidationError("--bind gives '\(name)' twice") }
      bindings[name] = value
    }
    return bindings
  }
}
