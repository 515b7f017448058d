import Foundation
import Testing

@testable import Executor
@testable import Report

@Suite struct `A report's page` {
  /// The content of the one element that `start` begins and `end` ends.
  private func content(_ text: String, from start: String, to end: String) throws -> String {
    let pieces = text.components(separatedBy: start)
    #expect(pieces.count == 2, "\(start) stands \(pieces.count - 1) times")
    return try #require(pieces.last?.components(separatedBy: end).first)
  }

  private func embedded(_ text: String) throws -> String {
    try content(
      text, from: #"<script type="application/json" id="report-data">"#, to: "</script>")
  }

  @Test func `the data come back as they were`() throws {
    let data = try SampleReport.data()
    let json = try embedded(HTMLReport(data).text)
    let back = try JSONDecoder().decode(ReportData.self, from: Data(json.utf8))
    #expect(back == data)
    #expect(back.version == 1)
  }

  @Test func `names can't become markup`() throws {
    let plain = try HTMLReport(SampleReport.data()).text
    let data = try SampleReport.data(name: SampleReport.hostile)
    let text = try HTMLReport(data).text
    for tag in ["<script", "</script", "<!--", "<title", "</title"] {
      #expect(
        text.components(separatedBy: tag).count == plain.components(separatedBy: tag).count,
        "a name brings \(tag) into the page")
    }
    let json = try embedded(text)
    let forbidden: Set<Unicode.Scalar> = ["<", ">", "&", "\u{2028}", "\u{2029}"]
    #expect(!json.unicodeScalars.contains { forbidden.contains($0) })
    #expect(try JSONDecoder().decode(ReportData.self, from: Data(json.utf8)) == data)
  }

  @Test func `a name that looks like a part of the template stays a name`() throws {
    let text = try HTMLReport(SampleReport.data(name: "{{script}} }} {{")).text
    #expect(text.contains("<title>{{script}} }} {{ batch=1 tokens=128 · Weft profile</title>"))
  }

  @Test func `the policy lets the page load nothing and run one script`() throws {
    let text = try HTMLReport(SampleReport.data()).text
    let policy = try content(
      text, from: #"<meta http-equiv="Content-Security-Policy" content=""#, to: "\"")
    #expect(policy.hasPrefix("default-src 'none'; "))
    #expect(policy.contains("base-uri 'none'"))
    #expect(!policy.contains("connect-src"))
    let script = try content(text, from: "<script>", to: "</script>")
    let hash = SHA256.base64(of: Array(script.utf8))
    #expect(policy.contains("script-src 'sha256-\(hash)';"))
    let policyAt = try #require(text.range(of: "Content-Security-Policy"))
    let styleAt = try #require(text.range(of: "<style>"))
    #expect(policyAt.lowerBound < styleAt.lowerBound, "it holds only for what follows")
  }

  @Test func `nothing in the page leads out of it`() throws {
    let text = try HTMLReport(SampleReport.data()).text
    let namespace = "http://www.w3.org/2000/svg"
    let rest = text.replacing("'\(namespace)'", with: "")
    for word in [
      "http:", "https:", "//www", "url(", "@import", "src=", "<link rel=\"stylesheet", "fetch(",
      "XMLHttpRequest", "WebSocket", "EventSource", "sendBeacon", "import(", "eval(",
      "new Function", "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write",
    ] {
      #expect(!rest.contains(word), "the page has \(word)")
    }
  }

  @Test func `the same data give the same bytes`() throws {
    let data = try SampleReport.data()
    let first = try HTMLReport(data).bytes
    #expect(try HTMLReport(data).bytes == first)
    #expect(first.count < 250_000, "\(first.count) bytes without a model")
  }

  @Test func `each view has its place and its script`() throws {
    let text = try HTMLReport(SampleReport.data()).text
    let views = [
      "architecture", "flame", "timeline", "roofline", "memory", "startup", "passes", "table",
    ]
    for view in views {
      #expect(text.contains("<section id=\"\(view)\""))
      #expect(text.contains("weft.\(view) = function"))
    }
    let script = String(decoding: Page.script, as: UTF8.self)
    #expect(script.hasPrefix("'use strict';"))
    #expect(!script.contains("</"), "it would end its element")
    #expect(!String(decoding: Page.style, as: UTF8.self).contains("</"))
  }

  @Test func `numbers that JSON doesn't know are words`() throws {
    var data = try SampleReport.data()
    data.runs = [.nan, .infinity]
    let json = try embedded(HTMLReport(data).text)
    #expect(json.contains(#""runs":["nan","inf"]"#))
  }
}

@Suite struct `The hash of a script` {
  /// FIPS 180-4's examples, and lengths around a block's end, which `sha256sum` gives as well.
  @Test(arguments: [
    ("", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="),
    ("abc", "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="),
    (String(repeating: "a", count: 55), "n0OQ+NMMLdkuyfCVtl4rmumwqSWlJY4kHJ8ekQ9zQxg="),
    (String(repeating: "a", count: 56), "s1Q5pKxvCUi21vnjxq8PX1kM4g8b3nCQ73lwaG7Gc4o="),
    (String(repeating: "a", count: 64), "/+BU/nrgy23GXDr5th1SCfQ5hR20PQulmXM33xVGaOs="),
    (String(repeating: "a", count: 1000), "Qe3s5C1j6Nm/UVqbppMuHCDLyfWl0TRkWttdsblzfqM="),
  ])
  func `is SHA-256`(message: String, expected: String) {
    #expect(SHA256.base64(of: Array(message.utf8)) == expected)
  }
}

@Suite struct `A report's timeline` {
  private func run(_ duration: Int, steps: [StepTiming] = []) -> Trace.Run {
    Trace.Run(start: 5, end: 5 + duration, workers: 2, steps: steps)
  }

  @Test func `has a bar for each worker of a step`() {
    let step = StepTiming(
      step: 3, label: 7, start: 10, end: 90,
      shares: [
        .init(worker: 0, start: 10, end: 90, busy: 70, tiles: 3),
        .init(worker: 1, start: 20, end: 80, busy: 50, tiles: 2),
      ], wait: 40)
    let timeline = ReportData.Timeline(of: run(100, steps: [step]))
    #expect(timeline.duration == 100)
    #expect(
      timeline.bars == [
        .init(step: 3, worker: 0, start: 10, end: 90, busy: 70, tiles: 3),
        .init(step: 3, worker: 1, start: 20, end: 80, busy: 50, tiles: 2),
      ])
  }

  @Test func `is that of the run in the middle`() {
    #expect(ReportData.Timeline(ofMedian: []) == nil)
    #expect(ReportData.Timeline(ofMedian: [run(9), run(1), run(4)])?.duration == 4)
    #expect(ReportData.Timeline(ofMedian: [run(9), run(1)])?.duration == 1)
  }
}
