import ArgumentParser
import Foundation
import Weft

struct PluginsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plugins",
    abstract: "List plugins, say what one has, or begin a new one.",
    discussion: """
      Example:
        weft plugins list
        weft plugins info ./libSparse.so
        weft plugins new sparse --kind op
      """,
    subcommands: [List.self, Info.self, New.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the plugins that every command loads, and what each has.",
      discussion: """
        Example:
          weft plugins list --json

        Exit status 1 where one can't be loaded.
        """)

    @OptionGroup var plugins: PluginOptions

    @Flag(help: "Print the list as JSON.")
    var json = false

    func run() throws {
      let listing = PluginListing(
        of: plugins.paths, besides: [StandardPlugin(), StandardCommands()])
      print(json ? try listing.json() : listing.text)
      if listing.hasErrors {
        try StandardOutput.finish()
        throw ExitCode.failure
      }
    }
  }

  struct Info: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Say what a plugin has.",
      discussion: """
        Example:
          weft plugins info ./libSparse.so
          weft plugins info weft
        """)

    @ArgumentParser.Argument(
      help: "A plugin's file, or the name of one that is loaded; weft for what Weft ships.")
    var plugin: String

    @OptionGroup var plugins: PluginOptions

    @Flag(help: "Print it as JSON.")
    var json = false

    func run() throws {
      // A name may be that of a folder or program here, too.
      let isFile = ["/", ".so", ".dylib"].contains(where: plugin.contains)
      if isFile { try PluginHost.enter(for: [plugin]) }
      let info = try PluginInfo(
        isFile ? PluginListing.Place.file(plugin) : .name(plugin), among: plugins.paths,
        besides: [StandardPlugin(), StandardCommands()])
      print(json ? try info.json() : info.text)
    }
  }

  struct New: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write a package with a plugin that builds and passes its test.",
      discussion: """
        Example:
          weft plugins new sparse --kind op
          swift test --package-path sparse
          swift build --package-path sparse -c release
          weft check sparse/example.weft --plugin sparse/.build/release/libSparse.so
        """)

    @ArgumentParser.Argument(help: "The plugin's name: small letters, digits and '-'.")
    var name: String

    @Option(help: "What the plugin begins with.")
    var kind: PluginTemplate.Kind = .op

    @Option(help: "What it is written in.")
    var language: PluginTemplate.Language = .swift

    @Option(name: .shortAndLong, help: "The folder to write; by default the name.")
    var output: String?

    @Option(
      help: ArgumentHelp(
        "Weft's checkout; by default the one that this program was built in.", valueName: "folder"))
    var weft: String?

    func run() throws {
      let template = try PluginTemplate(name: name, kind: kind, language: language)
      let checkout =
        try weft.map { try WeftCheckout(at: URL(filePath: $0)) } ?? WeftCheckout.ofProgram()
      let folder = URL(filePath: output ?? name)
      try template.write(to: folder, checkout: checkout)
      print(template.advice(folder: output ?? name))
    }
  }
}

extension PluginTemplate.Kind: ExpressibleByArgument {}
extension PluginTemplate.Language: ExpressibleByArgument {}
