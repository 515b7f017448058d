extension PluginTemplate {
  /// A format of weights as text, a tensor a line: `name 2,3 1 0 0 0 1 0`.
  static let format = [
    File(path: "Sources/Plugin.swift", text: formatPlugin),
    File(path: "Sources/MODULEFormat.swift", text: formatSource),
    File(path: "Tests/MODULETests.swift", text: formatTests),
    File(path: "example.weft", text: formatExample),
    File(path: "example.NAME", text: "scale 3 1 2 3\n"),
  ]

  private static let formatPlugin = """
    import WeftPlugin

    /// What this package adds to Weft.
    struct MODULEPlugin: Plugin {
      let name = "NAME"

      func register(in registry: inout Registry) throws(RegistryError) {
        try registry.add(MODULEFormat())
      }
    }

    /// The function that Weft looks for in the library.
    @_cdecl("weft_swift_plugin")
    public func plugin() -> UnsafeMutableRawPointer { exported(MODULEPlugin()) }

    """

  private static let formatSource = """
    import Foundation
    import WeftPlugin

    /// Weights as text, a tensor a line: its name, its extents, its elements: `name 2,3 1 0 0 0 1 0`.
    struct MODULEFormat: WeightFormat {
      let name = "NAME"
      let fileExtensions = ["NAME"]

      /// Longer files are no weights that a person wrote.
      static let byteLimit = 64 << 20

      func open(_ url: URL) throws(FormatError) -> any WeightFile {
        let data: Data
        do { data = try FileReading.data(url, limit: Self.byteLimit) } catch { throw .file(error) }
        var tensors: [String: Tensor] = [:]
        for (i, line) in data.split(separator: UInt8(ascii: "\\n")).enumerated() {
          let words = String(decoding: line, as: UTF8.self).split(separator: " ")
          guard let (name, tensor) = Self.tensor(words) else {
            throw .other(
              path: url.path, format: name,
              reason: "line \\(i + 1) isn't a name, extents and as many numbers")
          }
          guard tensors.updateValue(tensor, forKey: name) == nil else {
            throw .other(path: url.path, format: self.name, reason: "it has '\\(name)' twice")
          }
        }
        return MODULEFile(url: url, tensors: tensors)
      }

      private static func tensor(_ words: [Substring]) -> (String, Tensor)? {
        guard words.count > 1 else { return nil }
        let dims = words[1].split(separator: ",").compactMap { Int($0) }
        let values = words.dropFirst(2).compactMap { Float($0) }
        guard dims.count == words[1].split(separator: ",").count, dims.allSatisfy({ $0 > 0 }),
          values.count == words.count - 2, saturatingProduct(dims) == values.count
        else { return nil }
        return (try? Tensor(dims: dims, floats: values)).map { (String(words[0]), $0) }
      }
    }

    /// An open file: all of it is in memory.
    struct MODULEFile: WeightFile {
      let url: URL
      let tensors: [String: Tensor]

      var tensorNames: [String] { tensors.keys.sorted() }

      func checkpointEntry(named name: String) -> CheckpointEntry? {
        tensors[name].map { CheckpointEntry(name, $0.dtype, $0.dims) }
      }

      func weight(named name: String) throws(FormatError) -> StoredWeight {
        guard let tensor = tensors[name] else {
          throw .noTensor(path: url.path, name: name, nearest: nil)
        }
        return .dense(tensor)
      }
    }

    """

  private static let formatTests = """
    import Foundation
    import Testing

    @testable import MODULE
    import WeftPlugin

    @Suite struct `MODULE` {
      static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()

      @Test func `a model runs with weights of the format`() throws {
        let registry = try Registry([StandardPlugin(), MODULEPlugin()])
        let model = try Model(
          ModelSource(file: Self.folder.appending(path: "example.weft")),
          weights: .checkpoint(Self.folder.appending(path: "example.NAME")), registry: registry)
        let x = try Tensor(dims: [2, 3], floats: [1, 1, 1, 2, 2, 2])
        let outputs = try model.entry().run(["x": x])
        #expect(outputs["y"]?.floats == [1, 2, 3, 2, 4, 6])
      }

      @Test(arguments: ["scale", "scale 3 1 2", "scale 2,x 1 2", "a 1 1\\na 1 1"])
      func `a broken file is an error`(text: String) throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "\\(UUID()).NAME")
        try Data(text.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        #expect(throws: FormatError.self) { try MODULEFormat().open(file) }
      }
    }

    """

  private static let formatExample = """
    /// What the plugin's format is for: example.NAME holds the weight.
    model Example {
      param scale: f32[3]
      input x: f32[rows, 3]
      output y = x * scale
    }

    """
}
