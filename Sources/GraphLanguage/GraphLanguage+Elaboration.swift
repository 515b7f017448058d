import Foundation
import IR

extension GraphLanguage {
  /// The model that the file at `url` declares, with everything that is wrong with it.
  ///
  /// The model is nil where there is an error; warnings alone leave one. Messages name the file as
  /// `url.relativePath`. Never traps and always ends: a hostile file ends in a message.
  ///
  /// - Parameter didRead: called between reading and elaborating.
  public static func elaborate(
    file url: URL, _ options: ElaborationOptions, didRead: () -> Void = {}
  ) -> (model: ModelDefinition?, diagnostics: [Diagnostic]) {
    let reporter = Reporter()
    let program = ProgramLoader.load(url, options, reporter)
    didRead()
    return elaborate(program, options, reporter)
  }

  /// The model that a text declares, which can't import.
  public static func elaborate(
    _ text: String, name: String, _ options: ElaborationOptions
  ) -> (model: ModelDefinition?, diagnostics: [Diagnostic]) {
    elaborate(bytes: Array(text.utf8), name: name, options)
  }

  /// The model that a text in UTF-8 declares, which can't import.
  public static func elaborate(
    bytes: [UInt8], name: String, _ options: ElaborationOptions
  ) -> (model: ModelDefinition?, diagnostics: [Diagnostic]) {
    let reporter = Reporter()
    return elaborate(ProgramLoader.load(bytes, name: name, reporter), options, reporter)
  }

  /// Everything that is wrong with the file at `url`, which may declare one model, several or
  /// only layers.
  public static func check(file url: URL, _ options: ElaborationOptions) -> [Diagnostic] {
    let reporter = Reporter()
    let program = ProgramLoader.load(url, options, reporter)
    guard resolve(program, options, reporter) else { return reporter.diagnostics }
    for model in program.models {
      if let name = options.modelName, model.name.text != name { continue }
      _ = Elaborator(program, options, reporter).run(model)
    }
    return reporter.diagnostics
  }

  /// Checks names; says whether models can be elaborated.
  private static func resolve(
    _ program: Program, _ options: ElaborationOptions, _ reporter: Reporter
  ) -> Bool {
    guard !program.files.isEmpty else { return false }
    var resolver = Resolver(program, options.ops, reporter)
    resolver.run()
    return !program.isIncomplete && !resolver.isRecursive
  }

  private static func elaborate(
    _ program: Program, _ options: ElaborationOptions, _ reporter: Reporter
  ) -> (model: ModelDefinition?, diagnostics: [Diagnostic]) {
    let canElaborate = resolve(program, options, reporter)
    guard !program.files.isEmpty else { return (nil, reporter.diagnostics) }
    let models = program.models
    let named = options.modelName.map { name in models.filter { $0.name.text == name } } ?? models
    guard let model = named.first, named.count == 1 else {
      if !program.isIncomplete || !models.isEmpty {
        report(models, options.modelName, reporter)
      }
      return (nil, reporter.diagnostics)
    }
    guard canElaborate else { return (nil, reporter.diagnostics) }
    let definition = Elaborator(program, options, reporter).run(model)
    return (definition, reporter.diagnostics)
  }

  private static func report(
    _ models: [ModelDeclaration], _ name: String?, _ reporter: Reporter
  ) {
    let names = models.map(\.name.text)
    if let name {
      reporter.error(.unknownModel(name, known: names))
    } else if names.isEmpty {
      reporter.error(.noModel(reporter.sources[0].name))
    } else if Set(names).count == names.count {
      reporter.error(.severalModels(names))
    }
  }
}
