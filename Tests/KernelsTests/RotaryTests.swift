import CKernels
import Foundation
import Testing

@Suite struct RotaryTests {
  @Test(arguments: Kernels.available, [false, true])
  func `heads are turned as defined, in place as well`(kernels: Kernels, interleaved: Bool) {
    for (headSize, rotarySize) in [(2, 2), (8, 8), (64, 64), (34, 34), (40, 20), (70, 66), (6, 0)] {
      for edge in Edge.allCases {
        let (tokens, heads) = (3, 2)
        let half = rotarySize / 2
        var random = SplitMix(headSize)
        let x = random.floats(tokens * heads * headSize)
        let angles = random.floats(tokens * half, -3...3)
        let cosines = GuardedBuffer(angles.map { cosf($0) }, edge: edge)
        let sines = GuardedBuffer(angles.map { sinf($0) }, edge: edge)
        let from = GuardedBuffer(x, edge: edge)
        let out = GuardedBuffer<Float>(count: x.count, edge: edge)
        var args = weft_rotary_args()
        args.x = UnsafePointer(from.pointer)
        args.out = out.pointer
        args.cos = UnsafePointer(cosines.pointer)
        args.sin = UnsafePointer(sines.pointer)
        args.x_stride = heads * headSize
        args.out_stride = heads * headSize
        args.table_stride = half
        args.heads = heads
        args.head_size = headSize
        args.rotary_size = rotarySize
        args.interleaved = interleaved
        kernels.table.pointee.rotary(&args, 0, 1)
        kernels.table.pointee.rotary(&args, 1, tokens)
        var expected = x.map(Double.init)
        for token in 0..<tokens {
          for head in 0..<heads {
            let base = (token * heads + head) * headSize
            for i in 0..<half {
              let (first, second) = interleaved ? (2 * i, 2 * i + 1) : (i, i + half)
              let (a, b) = (Double(x[base + first]), Double(x[base + second]))
              let c = Double(cosines.pointer[token * half + i])
              let s = Double(sines.pointer[token * half + i])
              expected[base + first] = a * c - b * s
              expected[base + second] = b * c + a * s
            }
          }
        }
        #expect(largestError(out.elements, expected) < 2e-7, "\(headSize) \(rotarySize)")
        args.out = from.pointer
        kernels.table.pointee.rotary(&args, 0, tokens)
        #expect(bits(from.elements) == bits(out.elements))
      }
    }
  }
}
