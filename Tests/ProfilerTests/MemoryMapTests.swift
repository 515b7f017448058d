import Foundation
import IR
import Tensors
import Testing

@testable import Compiler
@testable import Profiler

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct `Memory maps` {
  /// Two steps: 'a' lives in both, 'b' only in the second.
  static func report(_ names: [String] = ["a", "b"], steps: Int = 2) -> MemoryReport {
    let plan = MemoryPlanner.plan([
      LiveInterval(byteCount: 4096, first: 0, last: steps - 1),
      LiveInterval(byteCount: 1000, first: 1, last: 1),
    ])
    return MemoryReport(
      plan, steps: (0..<steps).map { ("linear", "encoder.layer.\($0).output") }, constants: 0,
      packedWeights: 0
    ) { i in
      MemoryReport.Buffer(
        name: names[i], type: "f32[2]", category: i == 0 ? .matrixProduct : .attention,
        layer: "encoder.layer.\(i).output", line: "m/bert.weft:\(i + 1):3",
        offset: plan.offsets[i], byteCount: plan.intervals[i].byteCount,
        first: plan.intervals[i].first, last: plan.intervals[i].last)
    }
  }

  /// The elements of a document, with their attributes and text.
  final class Reader: NSObject, XMLParserDelegate {
    struct Element {
      var name: String
      var attributes: [String: String]
      var text = ""
    }
    var elements: [Element] = []

    static func elements(of svg: String) throws -> [Element] {
      let reader = Reader()
      let parser = XMLParser(data: Data(svg.utf8))
      parser.delegate = reader
      try #require(parser.parse(), "\(String(describing: parser.parserError))")
      return reader.elements
    }

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
      qualifiedName: String?, attributes: [String: String]
    ) {
      elements.append(Element(name: name, attributes: attributes))
    }

    func parser(_ parser: XMLParser, foundCharacters text: String) {
      if !elements.isEmpty { elements[elements.count - 1].text += text }
    }
  }

  @Test func `a rectangle stands where its buffer lies`() throws {
    let report = Self.report()
    #expect(report.map.map(\.offset) == [0, 4096])
    #expect(report.map.map(\.byteCount) == [4096, 1024])
    #expect(report.steps.map(\.alive) == [4096, 5120])
    let elements = try Reader.elements(of: MemoryMap(of: report).svg())
    // Buffers lie over 460 of height for 5,120 bytes, and over 1,084 of width for two steps.
    let rectangles = ["buffer-0", "buffer-1"].compactMap { id in
      elements.firstIndex { $0.attributes["id"] == id }.map { elements[$0 + 2].attributes }
    }
    #expect(rectangles.map { $0["x"] } == ["92.5", "634.5"])
    #expect(rectangles.map { $0["width"] } == ["1083", "541"])
    #expect(rectangles.map { $0["y"] } == ["292.5", "200.5"])
    #expect(rectangles.map { $0["height"] } == ["367", "91"])
    #expect(rectangles.map { $0["class"] } == ["c0", "c1"])
    let texts = Set(elements.map { $0.text.trimmingCharacters(in: .whitespacesAndNewlines) })
    #expect(texts.contains("peak: step 1, linear, 5.00 KiB alive"))
    #expect(texts.contains("lower bound 5.00 KiB"))
    #expect(
      texts.contains(
        "b: f32[2]\nencoder.layer.1.output\nm/bert.weft:2:3\n1.00 KiB at 4,096, step 1"))
    #expect(texts.contains("layer.0"))
  }

  @Test(arguments: MemoryMap.Coloring.allCases, MemoryMap.Appearance.allCases)
  func `any names give a document, the same each time`(
    _ coloring: MemoryMap.Coloring, _ appearance: MemoryMap.Appearance
  ) throws {
    let report = Self.report(["<&\">", "\u{1}ü\u{0}]]>"])
    let map = MemoryMap(of: report, coloring: coloring, appearance: appearance)
    #expect(map.svg() == map.svg())
    let elements = try Reader.elements(of: map.svg())
    #expect(elements.contains { $0.text.hasPrefix("<&\">: f32[2]") })
    #expect(elements.contains { $0.text.hasPrefix("\u{fffd}ü\u{fffd}]]>: f32[2]") })
    let style = try #require(elements.first { $0.name == "style" }).text
    #expect(style.contains("prefers-color-scheme") == (appearance == .automatic))
    #expect(style.contains("#14171b") == (appearance != .light))
  }

  @Test(arguments: [1, 2, 300, 5000])
  func `plans of any length are drawn`(steps: Int) throws {
    let report = steps == 1 ? Self.report(steps: 2) : Self.report(steps: steps)
    let elements = try Reader.elements(of: MemoryMap(of: report).svg())
    let width = try #require(elements.first?.attributes["width"].flatMap(Double.init))
    #expect((1200...6000).contains(width))
    let numbers = elements.flatMap { element in
      ["x", "y", "width", "height"].compactMap { element.attributes[$0] }
    }
    #expect(numbers.allSatisfy { Double($0)?.isFinite == true })
  }

  @Test func `an empty arena is drawn`() throws {
    let report = MemoryReport(
      MemoryPlanner.plan([]), steps: [], constants: 0, packedWeights: 0
    ) { _ in preconditionFailure("there are no buffers") }
    #expect(try Reader.elements(of: MemoryMap(of: report).svg()).count > 5)
    #expect(report.text.contains("arena 0 B for 0 buffers"))
  }

  @Test func `a report of a run tells what is resident and what passes saved`() throws {
    var report = Self.report()
    report.model = "BERT"
    report.bindings = ["tokens": 8, "batch": 1]
    report.threads = 1
    report.resident = ResidentMemory(
      process: 30 << 20, storedWeights: 0, mappedWeights: 5 << 20, packedWeights: 60 << 20,
      arena: 4 << 20, scratch: 1 << 20, inputs: 0, outputs: 0, state: 0,
      whilePacking: 101 << 20, whileRunning: 100 << 20)
    report.passes = [
      .init(name: "input", steps: 9, results: 4096, lowerBound: 2048),
      .init(name: "fuse", steps: 4, results: 2048, lowerBound: 512),
    ]
    let text = report.text
    #expect(text.hasPrefix("BERT, batch=1,tokens=8: 101 MiB resident at the peak\n"))
    #expect(text.contains("weights, packed  60.0 MiB  59.4"))
    #expect(text.contains("running           100 MiB"))
    #expect(text.contains("packing           101 MiB"))
    #expect(!text.contains("weights, made"))
    #expect(text.contains("fuse            4  2.00 KiB          512 B  1.50 KiB"))
    #expect(text.contains("bert.weft:2"))
    let again = try JSONDecoder().decode(MemoryReport.self, from: Data(report.json().utf8))
    #expect(again == report)
  }
}

@Suite struct `Pages of files` {
  /// 16 windows of 64 KiB.
  private static func file() throws -> Storage {
    final class Keeper: Sendable {}
    let base = UnsafeMutableRawPointer(bitPattern: 1 << 40)
    return Storage(
      borrowing: try #require(base), byteCount: 1 << 20, from: Keeper(), isReloadable: true)
  }

  private static func tensor(_ storage: Storage, _ dims: [Int], at offset: Int) throws -> Tensor {
    try Tensor(dtype: .f32, dims: dims, storage: storage, byteOffset: offset)
  }

  @Test(.enabled(if: Storage.pageByteCount == 4096))
  func `reading maps windows, letting go keeps pages that are shared`() throws {
    let storage = try Self.file()
    var pages = FilePages(of: storage)
    let part = StorageRange(try Self.tensor(storage, [20_000], at: 60_000))
    pages.read(part)
    #expect(pages.byteCount == 3 * 65536)
    pages.drop(part)
    // The tensor ends within page 34 and begins within page 14.
    #expect(pages.byteCount == 3 * 65536 - (34 - 15) * 4096)
    pages.read(part)
    #expect(pages.byteCount == 3 * 65536)
  }

  @Test(.enabled(if: Storage.pageByteCount == 4096))
  func `rows that the data picks are read by chance`() throws {
    let storage = try Self.file()
    let table = try Self.tensor(storage, [1024, 256], at: 0)
    func read(_ rows: RowsRead) -> Int {
      var pages = FilePages(of: storage)
      pages.read(table, rows)
      return pages.byteCount
    }
    #expect(read(.all) == 1 << 20)
    #expect(read(.first(64)) == 65536)
    #expect(read(.picked(0)) == 0)
    // 1 - (1 - p)ⁿ of the table; a row of 1 KiB reaches into the next window once in 64.
    let share = (1 + 1023.0 / 65536) / 16
    #expect(read(.picked(1)) == Int(Double(1 << 20) * share))
    let expected = 1_048_576 * (1 - pow(1 - share, 10))
    #expect(abs(Double(read(.picked(10))) - expected) < 2)
    #expect(read(.picked(.max)) == 1 << 20)
    #expect(RowsRead.first(3).joined(with: .first(7)) == .first(7))
    #expect(RowsRead.picked(3).joined(with: .picked(7)) == .picked(10))
    #expect(RowsRead.picked(3).joined(with: .first(7)) == .all)
  }
}
