import Foundation
import Tensors

/// A tensor as NumPy's format `.npy`, version 1.0: a header in the syntax of Python, then the elements.
///
/// NumPy has no bfloat16: such a tensor is written as 32-bit floats, which loses nothing.
struct NumPyArray {
  /// The header and what stands before it; a multiple of 64 bytes.
  let header: Data
  /// The elements, in a type that NumPy has.
  let tensor: Tensor

  /// The data begins at a multiple of this.
  private static let alignment = 64

  init(_ tensor: Tensor) throws(TensorError) {
    self.tensor = tensor.dtype == .bf16 ? try tensor.converted(to: .f32) : tensor
    let dims = tensor.dims.map { "\($0)," }.joined(separator: " ")
    // A tuple of one has a comma behind it, a longer one has none.
    let shape = tensor.dims.count == 1 ? dims : String(dims.dropLast())
    let text =
      "{'descr': '\(Self.name(of: self.tensor.dtype))', 'fortran_order': False, "
      + "'shape': (\(shape)), }"
    var bytes = Data("\u{93}NUMPY".unicodeScalars.map { UInt8($0.value) } + [1, 0])
    // The header ends with a line break; two bytes before it tell its length.
    let unpadded = bytes.count + 2 + text.utf8.count + 1
    let padding = (Self.alignment - unpadded % Self.alignment) % Self.alignment
    let length = UInt16(text.utf8.count + padding + 1)
    bytes.append(contentsOf: [UInt8(length & 0xff), UInt8(length >> 8)])
    bytes.append(Data(text.utf8))
    bytes.append(Data(repeating: UInt8(ascii: " "), count: padding))
    bytes.append(UInt8(ascii: "\n"))
    header = bytes
  }

  /// The bytes of the file.
  var byteCount: Int { header.count + tensor.byteCount }

  /// NumPy's name for the elements; all machines that Weft runs on are little-endian.
  private static func name(of dtype: DType) -> String {
    switch dtype {
    case .f32, .bf16: "<f4"
    case .f16: "<f2"
    case .i32: "<i4"
    case .i64: "<i8"
    case .bool: "|b1"
    }
  }

  /// Gives `body` the file's bytes, a part at a time.
  func forEachPart(
    _ body: (UnsafeRawBufferPointer) throws(FileError) -> Void
  ) throws(FileError) {
    try header.withUnsafeBytes { bytes in
      Result { () throws(FileError) in try body(bytes) }
    }.get()
    try tensor.withUnsafeBytes { bytes in
      Result { () throws(FileError) in try body(bytes) }
    }.get()
  }
}
