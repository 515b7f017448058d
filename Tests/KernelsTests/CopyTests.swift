import CKernels
import Testing

@Suite struct CopyTests {
  struct View {
    var shape: [Int]
    var strides: [Int]
    var start = 0

    /// The offset of every element in row-major order.
    var offsets: [Int] {
      var offsets = [start]
      for (size, stride) in zip(shape, strides) {
        offsets = offsets.flatMap { offset in (0..<size).map { offset + $0 * stride } }
      }
      return offsets
    }
  }

  static let views = [
    View(shape: [5], strides: [1]), View(shape: [7], strides: [3]), View(shape: [4], strides: [0]),
    View(shape: [6], strides: [-2], start: 10), View(shape: [5, 9], strides: [9, 1]),
    View(shape: [17, 33], strides: [1, 17]), View(shape: [3, 40, 18], strides: [720, 1, 40]),
    View(shape: [2, 4, 6, 3], strides: [72, 3, 12, 1]), View(shape: [3, 5], strides: [0, 1]),
    View(shape: [3, 5], strides: [1, 0]), View(shape: [2, 3, 4, 5], strides: [60, 1, 15, 3]),
    View(shape: [1, 1, 1, 1, 1, 2, 16, 16], strides: [0, 0, 0, 0, 0, 256, 1, 16]),
    View(shape: [16, 1], strides: [1, 5]), View(shape: [31, 2], strides: [1, 31]),
  ]

  func check<T: FixedWidthInteger & BitwiseCopyable>(_ kernels: Kernels, _ view: View, as: T.Type) {
    let offsets = view.offsets
    let extent = (offsets.max() ?? 0) + 1
    let source = (0..<extent).map { T(truncatingIfNeeded: $0 &* 0x1e37_79b9_7f4a_7c15) }
    let width = view.shape[view.shape.count - 1]
    let rows = offsets.count / width
    for (edge, gap, pieces) in [(Edge.start, 0, 1), (.end, 0, 3), (.end, 2, rows)] {
      let from = GuardedBuffer(source, edge: edge)
      let count = rows * (width + gap) - gap
      let out = GuardedBuffer([T](repeating: 7, count: count), edge: edge)
      var args = weft_copy_args()
      args.x = UnsafeRawPointer(from.pointer + view.start)
      args.out = UnsafeMutableRawPointer(out.pointer)
      args.element_size = MemoryLayout<T>.stride
      args.rank = view.shape.count
      args.out_row_stride = width + gap
      withUnsafeMutableBytes(of: &args.shape) {
        for (index, size) in view.shape.enumerated() { $0.bindMemory(to: Int.self)[index] = size }
      }
      withUnsafeMutableBytes(of: &args.strides) {
        for (index, size) in view.strides.enumerated() { $0.bindMemory(to: Int.self)[index] = size }
      }
      for piece in 0..<pieces {
        kernels.table.pointee.copy(&args, rows * piece / pieces, rows * (piece + 1) / pieces)
      }
      var expected = [T](repeating: 7, count: count)
      for (index, offset) in offsets.enumerated() {
        expected[index / width * (width + gap) + index % width] = source[offset]
      }
      #expect(out.elements == expected, "\(view)")
    }
  }

  @Test(arguments: Kernels.available)
  func `every view is copied element by element, in any split`(kernels: Kernels) {
    for view in Self.views {
      check(kernels, view, as: UInt8.self)
      check(kernels, view, as: UInt16.self)
      check(kernels, view, as: UInt32.self)
      check(kernels, view, as: UInt64.self)
    }
  }
}
