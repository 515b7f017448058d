import Foundation
import Testing

/// The same inputs give the same plan, in every process: no order of a hash table shows.
@Suite struct `Plans of two processes` {
  @Test(arguments: ["bert", "llama", "t5"])
  func `print the same graph`(name: String) throws {
    let command = "weft compile Graphs/\(name).weft --origins"
    let first = try CommandLineTool.shell(command)
    let second = try CommandLineTool.shell(command)
    #expect(first.status == 0, "\(first.error)")
    #expect(first.output.contains("graph"))
    #expect(first.output == second.output)
  }

  @Test func `place every buffer where the other does`() throws {
    func buffers() throws -> [NSDictionary] {
      let result = try CommandLineTool.shell(
        "weft memory Graphs/gpt2.weft --random-weights 1 --set layers=2 --bind batch=2,tokens=16 "
          + "--json")
      let report = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
      return try #require((report as? [String: Any])?["map"] as? [NSDictionary])
    }
    let first = try buffers()
    #expect(!first.isEmpty)
    #expect(first == (try buffers()))
  }
}
