import Foundation
import Testing

@testable import Formats

/// A file that must be refused, and the whole message.
struct WrongFile: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let bytes: [UInt8]
  let message: String

  init(_ description: String, _ bytes: [UInt8], _ message: String) {
    testDescription = description
    self.bytes = bytes
    self.message = message
  }

  init(
    _ description: String, header: String, length: UInt64? = nil, data: Int = 0, _ message: String
  ) {
    self.init(
      description, TemporaryFolder.safetensors(header, length: length, data: data), message)
  }
}

@Suite struct `Wrong safetensors files` {
  static func entry(_ type: String, _ dims: String, _ begin: String, _ end: String) -> String {
    #"{"dtype":"\#(type)","shape":\#(dims),"data_offsets":[\#(begin),\#(end)]}"#
  }

  static let types =
    "BF16, BOOL, C64, F16, F32, F4, F64, F6_E2M3, F6_E3M2, F8_E4M3, F8_E5M2, F8_E8M0,"
    + " I16, I32, I64, I8, U16, U32, U64, U8"

  static let files = [
    WrongFile(
      "a tensor of 65 axes",
      header:
        "{\"a\":\(entry("U8", "[\((0..<65).map { _ in "1" }.joined(separator: ","))]", "0", "1"))}",
      data: 1, "tensor \"a\": expected at most 64 axes, found 65"),
    WrongFile(
      "an empty file", [],
      "expected a safetensors file, which has at least 8 bytes, found 0"),
    WrongFile(
      "a file of 7 bytes", [1, 2, 3, 4, 5, 6, 7],
      "expected a safetensors file, which has at least 8 bytes, found 7"),
    WrongFile(
      "a header of 2 GB", header: "{}", length: 2 << 30,
      "expected a header of at most 100000000 bytes, found a length of 2147483648"
        + " (is this a safetensors file?)"),
    WrongFile(
      "the largest header length", header: "{}", length: .max,
      "expected a header of at most 100000000 bytes, found a length of 18446744073709551615"
        + " (is this a safetensors file?)"),
    WrongFile(
      "a header that is cut off", header: "{}", length: 100,
      "expected a header of 100 bytes, found 2 (the file is cut off)"),
    WrongFile(
      "no header", header: "", "header:1:1: expected a JSON value, found nothing"),
    WrongFile(
      "a header that isn't JSON", header: "hello",
      "header:1:1: expected a value, found 'h'"),
    WrongFile(
      "half a header", header: #"{"a":"#,
      "header:1:6: the text ends where a value was expected"),
    WrongFile(
      "an array as header", header: "[]", "header: expected an object, found an empty array"),
    WrongFile(
      "more after the header", header: "{}{}",
      "header:1:3: expected the end of the text, found '{'"),
    WrongFile(
      "a header that isn't UTF-8",
      [6, 0, 0, 0, 0, 0, 0, 0] + Array("{\"a".utf8) + [0xC0, 0x22, 0x7D],
      "header:1:2: the string that begins here isn't UTF-8"),
    WrongFile(
      "a name that stands twice",
      header: "{\"a\":\(entry("F32", "[1]", "0", "4")),\"a\":\(entry("F32", "[1]", "0", "4"))}",
      data: 4, #"header:1:55: the key "a" stands twice in one object"#),
    WrongFile(
      "deep nesting", header: String(repeating: "[", count: 1_000_000),
      "header:1:129: arrays and objects are nested deeper than 128"),
    WrongFile(
      "deep nesting in objects", header: String(repeating: "{\"a\":", count: 100_000),
      "header:1:641: arrays and objects are nested deeper than 128"),
    WrongFile(
      "metadata that is no object", header: #"{"__metadata__":[1]}"#,
      "header: __metadata__: expected an object, found an array of 1"),
    WrongFile(
      "metadata that is no string", header: #"{"__metadata__":{"format":1}}"#,
      "header: __metadata__.format: expected a string, found the number 1"),
    WrongFile(
      "a tensor that is no object", header: #"{"a.b":3}"#,
      #"header: ["a.b"]: expected an object, found the number 3"#),
    WrongFile(
      "no dtype", header: #"{"a":{"shape":[],"data_offsets":[0,0]}}"#,
      "header: a.dtype: expected an element type, found nothing"),
    WrongFile(
      "a dtype that is no string", header: #"{"a":{"dtype":1,"shape":[],"data_offsets":[0,0]}}"#,
      "header: a.dtype: expected a string, found the number 1"),
    WrongFile(
      "a dtype that there isn't", header: "{\"a\":\(entry("F33", "[1]", "0", "4"))}", data: 4,
      "header: a.dtype: expected one of: \(types), found the string \"F33\""),
    WrongFile(
      "no shape", header: #"{"a":{"dtype":"F32","data_offsets":[0,0]}}"#,
      "header: a.shape: expected an array of extents, found nothing"),
    WrongFile(
      "a shape that is a number", header: "{\"a\":\(entry("F32", "1", "0", "4"))}", data: 4,
      "header: a.shape: expected an array, found the number 1"),
    WrongFile(
      "a negative extent", header: "{\"a\":\(entry("F32", "[2,-1]", "0", "4"))}", data: 4,
      "header: a.shape[1]: expected an integer from 0 to 9223372036854775807,"
        + " found the number -1"),
    WrongFile(
      "an extent that is no integer", header: "{\"a\":\(entry("F32", "[1.5]", "0", "4"))}", data: 4,
      "header: a.shape[0]: expected an integer from 0 to 9223372036854775807,"
        + " found the number 1.5"),
    WrongFile(
      "an extent of more than 64 bits",
      header: "{\"a\":\(entry("F32", "[99999999999999999999]", "0", "4"))}", data: 4,
      "header: a.shape[0]: expected an integer from 0 to 9223372036854775807,"
        + " found the number 1e+20"),
    WrongFile(
      "a size that overflows",
      header: "{\"a\":\(entry("F32", "[4294967296,4294967296]", "0", "4"))}", data: 4,
      #"tensor "a": F32[4294967296, 4294967296] takes more bytes than 64 bits can count"#),
    WrongFile(
      "a size that overflows to the right one",
      header: "{\"a\":\(entry("F32", "[4611686018427387905]", "0", "4"))}", data: 4,
      #"tensor "a": F32[4611686018427387905] takes more bytes than 64 bits can count"#),
    WrongFile(
      "fewer bytes than the shape needs", header: "{\"a\":\(entry("F32", "[2]", "0", "4"))}",
      data: 4,
      #"tensor "a": expected 8 bytes for F32[2], found 4"#),
    WrongFile(
      "half a byte", header: "{\"a\":\(entry("F4", "[3]", "0", "1"))}", data: 1,
      #"tensor "a": expected 2 bytes for F4[3], found 1"#),
    WrongFile(
      "no offsets", header: #"{"a":{"dtype":"F32","shape":[]}}"#,
      "header: a.data_offsets: expected [begin, end], found nothing"),
    WrongFile(
      "three offsets", header: #"{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4,8]}}"#,
      "header: a.data_offsets: expected [begin, end], found an array of 3"),
    WrongFile(
      "a negative offset", header: "{\"a\":\(entry("F32", "[1]", "-4", "0"))}", data: 4,
      "header: a.data_offsets[0]: expected an integer from 0 to 9223372036854775807,"
        + " found the number -4"),
    WrongFile(
      "offsets the wrong way round", header: "{\"a\":\(entry("F32", "[1]", "4", "0"))}", data: 4,
      #"tensor "a": expected offsets in 0...4, found 4..<0"#),
    WrongFile(
      "data that is cut off", header: "{\"a\":\(entry("F32", "[2]", "0", "8"))}", data: 7,
      #"tensor "a": expected offsets in 0...7, found 0..<8 (the file is cut off)"#),
    WrongFile(
      "the largest offset",
      header: "{\"a\":\(entry("F32", "[1]", "9223372036854775803", "9223372036854775807"))}",
      data: 4,
      #"tensor "a": expected offsets in 0...4,"#
        + " found 9223372036854775803..<9223372036854775807 (the file is cut off)"),
    WrongFile(
      "tensors that overlap",
      header: "{\"a\":\(entry("F32", "[2]", "0", "8")),\"b\":\(entry("F32", "[2]", "4", "12"))}",
      data: 12, #"tensors "a" and "b" share the byte at 4"#),
    WrongFile(
      "tensors in the same place",
      header: "{\"a\":\(entry("F32", "[1]", "0", "4")),\"b\":\(entry("F32", "[1]", "0", "4"))}",
      data: 4, #"tensors "a" and "b" share the byte at 0"#),
    WrongFile(
      "a hole",
      header: "{\"a\":\(entry("F32", "[1]", "0", "4")),\"b\":\(entry("F32", "[1]", "8", "12"))}",
      data: 12, "expected tensors in all of the data, found none in bytes 4..<8"),
    WrongFile(
      "data at the end that no tensor has", header: "{\"a\":\(entry("F32", "[1]", "0", "4"))}",
      data: 6,
      "expected tensors in all of the data, found none in bytes 4..<6"),
    WrongFile(
      "data without tensors", header: "{}", data: 1,
      "expected tensors in all of the data, found none in bytes 0..<1"),
  ]

  @Test(arguments: files) func `are refused`(_ file: WrongFile) throws {
    let folder = try TemporaryFolder()
    let url = try folder.file("x.safetensors", file.bytes)
    let message = folder.message { _ = try SafetensorsReader(contentsOf: url) }
    #expect(message == "x.safetensors: " + file.message)
  }

  @Test func `every prefix of a file is refused`() throws {
    let folder = try TemporaryFolder()
    let whole = TemporaryFolder.safetensors(
      "{\"a\":\(Self.entry("F32", "[2]", "0", "8"))}", data: 8)
    _ = try SafetensorsReader(contentsOf: try folder.file("whole", whole))
    for count in 0..<whole.count {
      let url = try folder.file("part", whole.prefix(count))
      #expect(throws: FormatError.self) { try SafetensorsReader(contentsOf: url) }
    }
  }

  @Test func `what isn't a file is refused`() throws {
    let folder = try TemporaryFolder()
    #expect(
      folder.message { _ = try SafetensorsReader(contentsOf: folder.url) }
        == "FOLDER: expected a file, found a folder")
    #expect(
      folder.message { _ = try SafetensorsReader(contentsOf: folder.url.appending(path: "no")) }
        == "no: cannot be read: No such file or directory")
    #expect(
      folder.message { _ = try SafetensorsReader(contentsOf: URL(filePath: "/dev/zero")) }
        == "/dev/zero: expected a file, found a device or pipe")
    let pipe = folder.url.appending(path: "pipe")
    mkfifo(pipe.path, 0o600)
    #expect(
      folder.message { _ = try SafetensorsReader(contentsOf: pipe) }
        == "pipe: expected a file, found a device or pipe")
  }

  @Test func `control characters of a name don't reach the terminal`() throws {
    let folder = try TemporaryFolder()
    let url = try folder.weights(
      #"{"\u001b[31m":{"dtype":"F32","shape":[1],"data_offsets":[0,3]}}"#, data: 3)
    #expect(
      folder.message { _ = try SafetensorsReader(contentsOf: url) }
        == #"x.safetensors: tensor "\u{1b}[31m": expected 4 bytes for F32[1], found 3"#)
  }
}
