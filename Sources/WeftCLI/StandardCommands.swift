import ArgumentParser
import Weft

/// The commands that Weft ships. They register as a plugin's do, so that none of a plugin takes a name of
/// theirs.
struct StandardCommands: Plugin {
  let name = "weft commands"

  /// Their names, with that of the help.
  static let names = WeftCommand.configuration.subcommands.map { $0._commandName } + ["help"]

  func register(in registry: inout Registry) throws(RegistryError) {
    for command in WeftCommand.configuration.subcommands {
      try registry.add(ParsedCommand(command: command))
    }
    try registry.add(ParsedCommand(command: WeftCommand.self, name: "help"))
  }

  /// A command whose arguments are parsed by its declarations.
  private struct ParsedCommand: PluginCommand {
    let command: any ParsableCommand.Type
    let name: String

    init(command: any ParsableCommand.Type, name: String? = nil) {
      self.command = command
      self.name = name ?? command._commandName
    }

    var summary: String { command.configuration.abstract }

    func run(_ arguments: [String], registry: Registry) throws {
      var parsed = try command.parseAsRoot(arguments)
      try parsed.run()
    }
  }
}
