import Foundation
import Testing

@testable import Plugins

/// The reader of ELF files, on what is none, and on what was one.
@Suite struct SharedLibraryFileTests {
  private func refusal(_ bytes: some Sequence<UInt8>) -> String {
    do {
      let file = try SharedLibraryFile(path: "p.so", data: Data(bytes))
      guard let data = try file.data(of: PluginIdentity.symbol) else { return "no symbol" }
      _ = try PluginIdentity(data, path: "p.so")
      return "accepted"
    } catch {
      return "\(error)"
    }
  }

  private let good: [UInt8]

  init() throws {
    good = Array(try Data(contentsOf: URL(filePath: PluginCompiler.activations.get())))
  }

  @Test func `a plugin is read without being loaded`() { #expect(refusal(good) == "accepted") }

  @Test func `other files are named`() throws {
    #expect(refusal([]).contains("expected a shared library, found an empty file"))
    #expect(refusal("model M {\n}\n".utf8).contains("found text"))
    #expect(refusal([0xCF, 0xFA, 0xED, 0xFE, 1, 2, 3]).contains("found a library for macOS"))
    #expect(refusal("!<arch>\n".utf8).contains("found a static library"))
    let message = #expect(throws: PluginError.self) { try SharedLibraryFile(path: "/no/such.so") }
    #expect(message.map { "\($0)" }?.contains("/no/such.so: cannot be read") == true)
    #expect(throws: PluginError.self) { try SharedLibraryFile(path: "/tmp") }
  }

  @Test func `other machines and kinds are named`() {
    func changed(_ at: Int, _ value: UInt8) -> String {
      var bytes = good
      bytes[at] = value
      return refusal(bytes)
    }
    let other: UInt8 = good[18] == 62 ? 183 : 62
    #expect(changed(18, other).contains("is built for \(other == 62 ? "x86-64" : "ARM64"), and"))
    #expect(changed(18, 250).contains("is built for machine 250"))
    #expect(changed(4, 1).contains("a processor of 32 bits"))
    #expect(changed(5, 2).contains("another byte order"))
    #expect(changed(16, 2).contains("found a program"))
    #expect(changed(16, 1).contains("found an object file"))
  }

  @Test func `a file that was cut is refused, wherever`() {
    for count in stride(from: 0, to: good.count, by: 97) {
      let message = refusal(good.prefix(count))
      #expect(message != "accepted", "\(count) of \(good.count) bytes")
    }
  }

  @Test func `symbols that all name one long text take no time`() throws {
    // A header, two sections, 2^18 symbols, and a text of 32 MB without an end that all of them name.
    func bytes<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
      withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
    func section(_ kind: UInt32, _ offset: Int, _ size: Int, link: UInt32) -> [UInt8] {
      bytes(UInt32(0)) + bytes(kind) + bytes(UInt64(0)) + bytes(UInt64(0)) + bytes(UInt64(offset))
        + bytes(UInt64(size)) + bytes(link) + bytes(UInt32(0)) + bytes(UInt64(0))
        + bytes(UInt64(24))
    }
    let (count, length) = (1 << 18, 32 << 20)
    var header = Array(good.prefix(64))
    header.replaceSubrange(40..<48, with: bytes(UInt64(64)))
    header.replaceSubrange(58..<62, with: bytes(UInt16(64)) + bytes(UInt16(2)))
    var data = Data(header)
    data += section(11, 192, count * 24, link: 1) + section(3, 192 + count * 24, length, link: 0)
    let symbol =
      bytes(UInt32(0)) + bytes(UInt16(0)) + bytes(UInt16(1)) + bytes(UInt64(0))
      + bytes(UInt64(0))
    for _ in 0..<count { data += symbol }
    data += Data(repeating: 97, count: length)
    #expect(try SharedLibraryFile(path: "p.so", data: data).data(of: PluginIdentity.symbol) == nil)
  }

  @Test func `a file that changed after it was read is not loaded`() throws {
    let path = PluginCompiler.folder.appending(path: "changing.so").path
    try Data(good).write(to: URL(filePath: path))
    let file = try SharedLibraryFile(path: path)
    let other = try PluginCompiler.bad("CONSTRUCTOR", "NAME=\"changing\"")
    try Data(contentsOf: URL(filePath: other)).write(to: URL(filePath: path), options: .atomic)
    let error = #expect(throws: PluginError.self) { try ForeignPlugin(file) }
    #expect(error == .changed(path: path))
  }

  /// A fixed seed: the same files every time.
  private struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ (state >> 29)
    }
  }

  @Test func `changed bytes end in a message`() {
    var random = Generator(state: 7)
    // The header, the tables of segments and sections, and the table of symbols.
    let tail = good.count - 64 * Int(good[60])
    for _ in 0..<3000 {
      var bytes = good
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let at =
          Bool.random(using: &random)
          ? Int.random(in: 0..<1024, using: &random)
          : Int.random(in: tail..<bytes.count, using: &random)
        bytes[at] =
          Bool.random(using: &random)
          ? UInt8.random(in: 0...255, using: &random) : [0, 0xFF, 0x7F, 0x80][Int(bytes[at] & 3)]
      }
      // Whatever it is taken for, it doesn't trap.
      #expect(!refusal(bytes).isEmpty)
    }
  }
}
