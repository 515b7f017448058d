import Foundation
import GraphLanguage
import Operators
import Testing

struct ImportTests {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(
      path: "weft-imports-\(UUID().uuidString)", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(
      at: folder.appending(path: "root/parts"), withIntermediateDirectories: true)
  }

  func write(_ path: String, _ text: String) throws {
    try Data(text.utf8).write(to: folder.appending(path: path))
  }

  func messages(outside: Bool = false) -> [String] {
    var options = ElaborationOptions(ops: BuiltinOps.table())
    options.allowsImportsOutside = outside
    let root = URL(
      filePath: "main.weft",
      relativeTo: folder.appending(path: "root", directoryHint: .isDirectory))
    return GraphLanguage.elaborate(file: root, options).diagnostics.map(\.message)
  }

  static let layer = "layer F(x: f32[n]) -> f32[n] { return relu(x) }\n"
  static let model = "model M {\n  input x: f32[4]\n  output y = F(x)\n}\n"

  @Test func `imports inside the folder work, by whatever way`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try write("root/parts/a.weft", "import \"../b.weft\"\nimport \"./../b.weft\"\n")
    try write("root/b.weft", ImportTests.layer)
    try write(
      "root/main.weft",
      "import \"parts/a.weft\"\nimport \"parts/../b.weft\"\n" + ImportTests.model)
    #expect(messages() == [])
  }

  @Test func `imports that leave the folder are refused unless allowed`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try write("outside.weft", ImportTests.layer)
    try write("root/main.weft", "import \"../outside.weft\"\n" + ImportTests.model)
    #expect(messages().first?.contains("leaves the folder 'root'") == true)
    #expect(messages(outside: true) == [])
    try FileManager.default.createSymbolicLink(
      at: folder.appending(path: "root/link.weft"),
      withDestinationURL: folder.appending(path: "outside.weft"))
    try write("root/main.weft", "import \"link.weft\"\n" + ImportTests.model)
    #expect(messages().first?.contains("leaves the folder 'root'") == true)
    try write(
      "root/main.weft",
      "import \"\(folder.appending(path: "root/b.weft").path)\"\n" + ImportTests.model)
    #expect(messages().first?.contains("leaves the folder 'root'") == true)
  }

  @Test func `a folder, a device and a missing file are no graph files`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try write("root/main.weft", "import \"parts\"\n" + ImportTests.model)
    #expect(messages().first == "'parts' is no file")
    try write("root/main.weft", "import \"/dev/zero\"\n" + ImportTests.model)
    #expect(messages(outside: true).first == "'/dev/zero' is no file")
    try FileManager.default.removeItem(at: folder.appending(path: "root/main.weft"))
    #expect(messages() == ["there is no file 'main.weft'"])
  }

  @Test func `a long chain of imports is an error`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    for i in 0..<40 { try write("root/f\(i).weft", "import \"f\(i + 1).weft\"\n") }
    try write("root/f40.weft", ImportTests.layer)
    try write("root/main.weft", "import \"f0.weft\"\n" + ImportTests.model)
    #expect(messages().contains { $0.contains("more than 32 files") })
    try write("root/main.weft", "import \"f20.weft\"\n" + ImportTests.model)
    #expect(messages() == [])
  }
}
