import Foundation

/// Writes a zip archive of members that aren't compressed, as PKWARE's APPNOTE 6.3 describes it.
///
/// All members bear the date 1980-01-01, the format's first, so that the same members give the same
/// bytes. A large archive has 64-bit sizes in all its records, a small one in none.
struct ZipArchive {
  private struct Member {
    var name: Data
    var byteCount: Int
    var crc32: UInt32
    var offset: Int
  }

  private let sink: AtomicFile.Sink
  private let isLarge: Bool
  private var members: [Member] = []
  private var offset = 0

  /// 1980-01-01 in the format's own calendar.
  private static let date: UInt16 = 0x21
  private static let utf8Names: UInt16 = 0x0800

  init(_ sink: AtomicFile.Sink, isLarge: Bool) {
    self.sink = sink
    self.isLarge = isLarge
  }

  /// Whether members of these sizes need 64-bit records: where all of them with their headers may pass
  /// 4 GiB, or there are more than 65,534.
  static func isLarge(_ byteCounts: [Int]) -> Bool {
    let headers = byteCounts.count * 1024
    return byteCounts.count > 65534 || byteCounts.reduce(headers, +) > Int(UInt32.max) - 1
  }

  /// Starts a member, whose bytes the caller writes next.
  mutating func begin(_ name: String, byteCount: Int, crc32: UInt32) throws(FileError) {
    let member = Member(
      name: Data(name.utf8), byteCount: byteCount, crc32: crc32, offset: offset)
    members.append(member)
    var record = Data()
    record.append(little: UInt32(0x0403_4b50))
    appendCommon(member, to: &record)
    record.append(little: UInt16(isLarge ? 20 : 0))
    record.append(member.name)
    if isLarge { appendExtra(member, withOffset: false, to: &record) }
    try sink.write(record)
    offset += record.count + byteCount
  }

  /// What a member's own header and its entry in the directory share: version to name length.
  private func appendCommon(_ member: Member, to record: inout Data) {
    record.append(little: UInt16(isLarge ? 45 : 20))
    record.append(little: Self.utf8Names)
    record.append(little: UInt16(0))
    record.append(little: UInt16(0))
    record.append(little: Self.date)
    record.append(little: member.crc32)
    for _ in 0..<2 { record.append(little: isLarge ? .max : UInt32(member.byteCount)) }
    record.append(little: UInt16(member.name.count))
  }

  private func appendExtra(_ member: Member, withOffset: Bool, to record: inout Data) {
    record.append(little: UInt16(1))
    record.append(little: UInt16(withOffset ? 24 : 16))
    for _ in 0..<2 { record.append(little: UInt64(member.byteCount)) }
    if withOffset { record.append(little: UInt64(member.offset)) }
  }

  /// Writes the directory.
  func finish() throws(FileError) {
    var directory = Data()
    for member in members {
      directory.append(little: UInt32(0x0201_4b50))
      directory.append(little: UInt16(isLarge ? 45 : 20))
      appendCommon(member, to: &directory)
      directory.append(little: UInt16(isLarge ? 28 : 0))
      // No comment, first disk, no attributes.
      directory.append(Data(repeating: 0, count: 10))
      directory.append(little: isLarge ? .max : UInt32(member.offset))
      directory.append(member.name)
      if isLarge { appendExtra(member, withOffset: true, to: &directory) }
    }
    let size = directory.count
    if isLarge { appendLargeEnd(size: size, to: &directory) }
    directory.append(little: UInt32(0x0605_4b50))
    directory.append(little: UInt32(0))
    for _ in 0..<2 { directory.append(little: isLarge ? .max : UInt16(members.count)) }
    directory.append(little: isLarge ? .max : UInt32(size))
    directory.append(little: isLarge ? .max : UInt32(offset))
    directory.append(little: UInt16(0))
    try sink.write(directory)
  }

  /// The 64-bit end of the directory and where it stands.
  private func appendLargeEnd(size: Int, to directory: inout Data) {
    directory.append(little: UInt32(0x0606_4b50))
    directory.append(little: UInt64(44))
    for _ in 0..<2 { directory.append(little: UInt16(45)) }
    for _ in 0..<2 { directory.append(little: UInt32(0)) }
    for _ in 0..<2 { directory.append(little: UInt64(members.count)) }
    directory.append(little: UInt64(size))
    directory.append(little: UInt64(offset))
    directory.append(little: UInt32(0x0706_4b50))
    directory.append(little: UInt32(0))
    directory.append(little: UInt64(offset + size))
    directory.append(little: UInt32(1))
  }
}

extension Data {
  fileprivate mutating func append(little value: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
  }
}

/// The checksum of zip archives: the polynomial of IEEE 802.3, bits reversed, eight bytes at a time
/// (Kounavis and Berry, "Novel Table Lookup-Based Algorithms for High-Performance CRC Generation", 2008).
struct CRC32 {
  private var state: UInt32 = .max

  /// What was added so far.
  var value: UInt32 { ~state }

  private static let tables: [[UInt32]] = {
    var tables = [
      (0..<256).map { byte -> UInt32 in
        (0..<8).reduce(UInt32(byte)) { sum, _ in sum & 1 == 0 ? sum >> 1 : sum >> 1 ^ 0xedb8_8320 }
      }
    ]
    for i in 1..<8 {
      tables.append(tables[i - 1].map { $0 >> 8 ^ tables[0][Int($0 & 0xff)] })
    }
    return tables
  }()

  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    let flat = Self.tables.flatMap(\.self)
    state = flat.withUnsafeBufferPointer { table in
      var sum = state
      var at = 0
      while at + 8 <= bytes.count {
        let low =
          sum ^ UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt32.self))
        let high = UInt32(
          littleEndian: bytes.loadUnaligned(fromByteOffset: at + 4, as: UInt32.self))
        sum = 0
        for i in 0..<4 {
          sum ^= table[(7 - i) << 8 + Int(low >> (8 * i) & 0xff)]
          sum ^= table[(3 - i) << 8 + Int(high >> (8 * i) & 0xff)]
        }
        at += 8
      }
      while at < bytes.count {
        sum = sum >> 8 ^ table[Int((sum ^ UInt32(bytes[at])) & 0xff)]
        at += 1
      }
      return sum
    }
  }
}
