import Foundation

/// An exported symbol: where its data lies in memory, and how many bytes it has.
struct ELFSymbol: Sendable {
  var address: UInt64
  var size: UInt64
}

/// The bytes of an ELF file, read with every offset checked.
struct ELFBytes: Sendable {
  let path: String
  let data: Data

  private enum Layout {
    static let headerSize: UInt64 = 64
    static let sectionSize: UInt64 = 64
    static let segmentSize: UInt64 = 56
    static let symbolSize: UInt64 = 24
    static let dynamicSymbols: UInt32 = 11
    static let loaded: UInt32 = 1
  }

  /// More symbols than that are no plugin's.
  private static let symbolLimit: UInt64 = 1 << 20
  /// Longer data is no plugin's identity.
  private static let dataLimit: UInt64 = 1 << 16

  func integer<T: FixedWidthInteger>(_ at: UInt64, _ what: String) throws(PluginError) -> T {
    let range = try bytes(at, UInt64(MemoryLayout<T>.size), what)
    return T(littleEndian: range.withUnsafeBytes { $0.loadUnaligned(as: T.self) })
  }

  func bytes(_ at: UInt64, _ count: UInt64, _ what: String) throws(PluginError) -> Data {
    let (end, overflow) = at.addingReportingOverflow(count)
    guard !overflow, end <= UInt64(data.count) else {
      throw .damaged(
        path: path,
        what: "\(what) ends at byte \(overflow ? "2^64" : "\(end)") of \(data.count)")
    }
    return data[(data.startIndex + Int(at))..<(data.startIndex + Int(end))]
  }

  /// Refuses what isn't a shared library for this machine.
  func checkHeader() throws(PluginError) {
    guard data.count >= 4, data.prefix(4).elementsEqual([0x7F, 0x45, 0x4C, 0x46]) else {
      throw .notALibrary(path: path, found: kindOfOtherFile)
    }
    _ = try bytes(0, Layout.headerSize, "the header")
    let (bits, order): (UInt8, UInt8) = (try integer(4, "the header"), try integer(5, "the header"))
    guard bits == 2, order == 1 else {
      throw .otherMachine(
        path: path, found: bits == 1 ? "a processor of 32 bits" : "another byte order",
        expected: Machine.current.name)
    }
    let machine: UInt16 = try integer(18, "the header")
    guard machine == Machine.current.rawValue else {
      throw .otherMachine(
        path: path, found: Machine(rawValue: machine)?.name ?? "machine \(machine)",
        expected: Machine.current.name)
    }
    let kind: UInt16 = try integer(16, "the header")
    guard kind == 3 else {
      let names: [UInt16: String] = [1: "an object file", 2: "a program", 4: "a core dump"]
      throw .notALibrary(path: path, found: names[kind] ?? "ELF file of kind \(kind)")
    }
  }

  private var kindOfOtherFile: String {
    if data.isEmpty { return "an empty file" }
    let start = Array(data.prefix(8))
    if start.starts(with: [0xCF, 0xFA, 0xED, 0xFE]) { return "a library for macOS" }
    if start.starts(with: [0x4D, 0x5A]) { return "a library for Windows" }
    if start.starts(with: Array("!<arch>".utf8)) { return "a static library" }
    return start.allSatisfy { $0 >= 9 && $0 < 127 } ? "text" : "other data"
  }

  /// Those of the symbols in `wanted` that are defined here, by name.
  ///
  /// Of each name at most a byte more than the longest wanted one is read: names may all be the same
  /// large part of the file.
  func dynamicSymbols(_ wanted: Set<String>) throws(PluginError) -> [String: ELFSymbol] {
    let longest = wanted.map(\.utf8.count).max() ?? 0
    guard let table = try sections().first(where: { $0.kind == Layout.dynamicSymbols }) else {
      throw .damaged(path: path, what: "it has no section of dynamic symbols")
    }
    let strings = try section(UInt64(table.link))
    let count = table.size / Layout.symbolSize
    guard count <= Self.symbolLimit else {
      throw .damaged(path: path, what: "it says that it has \(count) symbols")
    }
    let names = try bytes(strings.offset, strings.size, "the table of names")
    _ = try bytes(table.offset, table.size, "the table of symbols")
    var symbols: [String: ELFSymbol] = [:]
    for i in 0..<count {
      let at = table.offset + i * Layout.symbolSize
      let section: UInt16 = try integer(at + 6, "a symbol")
      // 0 is a symbol that others define.
      guard section != 0 else { continue }
      let name: UInt32 = try integer(at, "a symbol")
      guard UInt64(name) < strings.size else {
        throw .damaged(path: path, what: "a symbol's name lies outside of the table of names")
      }
      let start = names[(names.startIndex + Int(name))...].prefix(longest + 1)
      let text = String(decoding: start.prefix { $0 != 0 }, as: UTF8.self)
      guard wanted.contains(text) else { continue }
      symbols[text] = ELFSymbol(
        address: try integer(at + 8, "a symbol"), size: try integer(at + 16, "a symbol"))
    }
    return symbols
  }

  private struct Section {
    var kind: UInt32
    var offset: UInt64
    var size: UInt64
    var link: UInt32
  }

  private func sections() throws(PluginError) -> [Section] {
    let count: UInt16 = try integer(60, "the header")
    var sections: [Section] = []
    for i in 0..<UInt64(count) { sections.append(try section(i)) }
    return sections
  }

  private func section(_ i: UInt64) throws(PluginError) -> Section {
    let start: UInt64 = try integer(40, "the header")
    let (count, entry): (UInt16, UInt16) = (
      try integer(60, "the header"), try integer(58, "the header")
    )
    guard i < UInt64(count), UInt64(entry) == Layout.sectionSize else {
      throw .damaged(path: path, what: "its table of sections has no entry \(i)")
    }
    let (at, overflow) = start.addingReportingOverflow(i * Layout.sectionSize)
    guard !overflow else { throw .damaged(path: path, what: "its sections lie outside of it") }
    _ = try bytes(at, Layout.sectionSize, "the table of sections")
    return Section(
      kind: try integer(at + 4, "a section"), offset: try integer(at + 24, "a section"),
      size: try integer(at + 32, "a section"), link: try integer(at + 40, "a section"))
  }

  /// The bytes that the file holds for a symbol's memory.
  func data(of symbol: ELFSymbol, named name: String) throws(PluginError) -> [UInt8] {
    guard symbol.size > 0, symbol.size <= Self.dataLimit else {
      throw .damaged(path: path, what: "its symbol '\(name)' has \(symbol.size) bytes")
    }
    let start: UInt64 = try integer(32, "the header")
    let (count, entry): (UInt16, UInt16) = (
      try integer(56, "the header"), try integer(54, "the header")
    )
    guard UInt64(entry) == Layout.segmentSize else {
      throw .damaged(path: path, what: "its segments have \(entry) bytes each")
    }
    for i in 0..<UInt64(count) {
      let (at, overflow) = start.addingReportingOverflow(i * Layout.segmentSize)
      if overflow { break }
      _ = try bytes(at, Layout.segmentSize, "the table of segments")
      guard try integer(at, "a segment") == Layout.loaded else { continue }
      let (offset, address, size): (UInt64, UInt64, UInt64) = (
        try integer(at + 8, "a segment"), try integer(at + 16, "a segment"),
        try integer(at + 32, "a segment")
      )
      guard symbol.address >= address, symbol.address - address < size,
        symbol.size <= size - (symbol.address - address)
      else { continue }
      let (place, outside) = offset.addingReportingOverflow(symbol.address - address)
      guard !outside else { break }
      return Array(try bytes(place, symbol.size, "the data of '\(name)'"))
    }
    throw .damaged(path: path, what: "its symbol '\(name)' has no bytes in the file")
  }
}

/// The processors that plugins are built for, by ELF's numbers.
enum Machine: UInt16 {
  case i386 = 3
  case arm = 40
  case amd64 = 62
  case arm64 = 183
  case riscv = 243

  var name: String {
    switch self {
    case .i386: "x86 (32 bits)"
    case .arm: "ARM (32 bits)"
    case .amd64: "x86-64"
    case .arm64: "ARM64"
    case .riscv: "RISC-V"
    }
  }

  #if arch(arm64)
    static let current = Machine.arm64
  #elseif arch(i386)
    static let current = Machine.i386
  #elseif arch(arm)
    static let current = Machine.arm
  #elseif arch(riscv64)
    static let current = Machine.riscv
  #elseif arch(x86_64)
    static let current = Machine.amd64
  #else
    #error("unknown processor: add its number in ELF files")
  #endif
}
