import CKernels
import Compiler
import Executor
import IR
import Tensors

/// Convolution as a matrix product: weight [outputs, window] · patches [window, places], which is
/// the layout of the result. A tile packs the patches of some places straight from the image.
struct Conv2DKernel: Kernel {
  /// Extents of the image, the window and the result.
  struct Geometry: Sendable {
    let channels: Int
    let height: Int
    let width: Int
    let windowHeight: Int
    let windowWidth: Int
    let strideY: Int
    let strideX: Int
    let resultHeight: Int
    let resultWidth: Int

    /// Elements of x under a window.
    var window: Int { channels * windowHeight * windowWidth }
    /// Windows in an image.
    var places: Int { resultHeight * resultWidth }
  }

  /// Bytes of packed patches in a tile at most, where a panel isn't more.
  private static let tileBytes = 1 << 19

  let name: String
  let table: KernelTable
  let x: OperandSource
  let weight: OperandSource
  let bias: OperandSource?
  let result: Int
  let batches: Int
  let outputs: Int
  let geometry: Geometry
  private let group: Int
  private let groups: Int

  /// A kernel for concrete extents.
  init(
    table: KernelTable, x: OperandSource, weight: OperandSource, bias: OperandSource?, result: Int,
    batches: Int, outputs: Int, geometry: Geometry
  ) {
    self.table = table
    self.x = x
    self.weight = weight
    self.bias = bias
    self.result = result
    self.batches = batches
    self.outputs = outputs
    self.geometry = geometry
    name = "f32-conv2d-\(table.name)-\(table.registerRows)x\(table.panelWidth)"
    let panels = ceilingDivision(geometry.places, table.panelWidth)
    let panelBytes = saturatingProduct([max(geometry.window, 1), table.panelWidth, 4])
    let spread = ceilingDivision(panels, max(16 / max(batches, 1), 1))
    group = max(min(Conv2DKernel.tileBytes / panelBytes, spread, panels), 1)
    groups = ceilingDivision(panels, group)
  }

  var tiles: Int { max(batches * groups, 1) }

  var scratchByteCount: Int {
    saturatingProduct([group, max(geometry.window, 1), table.panelWidth, 4])
  }

  func run(tiles: Range<Int>, io: KernelIO) {
    for i in tiles where i < batches * groups {
      let (batch, at) = i.quotientAndRemainder(dividingBy: groups)
      let first = at * group * table.panelWidth
      run(batch, first..<min(first + group * table.panelWidth, geometry.places), io)
    }
  }

  private func run(_ batch: Int, _ places: Range<Int>, _ io: KernelIO) {
    let packed = io.scratch.assumingMemoryBound(to: Float.self)
    let image =
      x.floats(io) + batch * geometry.channels * geometry.height * geometry.width
    let panels = ceilingDivision(places.count, table.panelWidth)
    for panel in 0..<panels {
      let first = places.lowerBound + panel * table.panelWidth
      pack(
        image, first..<min(first + table.panelWidth, places.upperBound),
        into: packed + panel * geometry.window * table.panelWidth)
    }
    let out =
      io[result].assumingMemoryBound(to: Float.self) + batch * outputs * geometry.places
      + places.lowerBound
    var args = weft_gemm_args()
    args.a = weight.floats(io)
    args.a_stride = geometry.window
    args.packed = UnsafeRawPointer(packed)
    args.c = out
    args.c_stride = geometry.places
    args.k = geometry.window
    args.n = places.count
    args.scale = 1
    if let bias = bias?.floats(io) {
      // The product's own bias goes along columns; this one goes along rows.
      for o in 0..<outputs {
        (out + o * geometry.places).update(repeating: bias[o], count: places.count)
      }
      args.residual = UnsafePointer(out)
      args.residual_stride = geometry.places
    }
    table.functions.pointee.gemm(&args, 0, outputs, 0, panels)
  }

  /// One panel: for each element of the window, that element under the windows at `places`.
  private func pack(
    _ image: UnsafePointer<Float>, _ places: Range<Int>, into panel: UnsafeMutablePointer<Float>
  ) {
    var out = panel
    for channel in 0..<geometry.channels {
      for p in 0..<geometry.windowHeight {
        for q in 0..<geometry.windowWidth {
          let origin = (channel * geometry.height + p) * geometry.width + q
          var (i, j) = places.lowerBound.quotientAndRemainder(dividingBy: geometry.resultWidth)
          for column in 0..<places.count {
            out[column] =
              image[
                origin + i * geometry.strideY * geometry.width + j * geometry.strideX]
            j += 1
            if j == geometry.resultWidth { (i, j) = (i + 1, 0) }
          }
          for column in places.count..<table.panelWidth { out[column] = 0 }
          out += table.panelWidth
        }
      }
    }
  }
}

extension Conv2D: KernelProviding {
  public func makeKernel(_ request: KernelRequest) throws(KernelError) -> KernelBinding {
    var binder = OperandBinder(request, op: name)
    guard request.results[0].dtype == .f32 else { throw binder.unsupported }
    let (x, w, y) = (
      request.dims(ofOperand: 0), request.dims(ofOperand: 1), request.dims(ofResult: 0)
    )
    let image = try binder.f32(0)
    let weight = try binder.f32(1)
    let bias = hasBias ? try binder.f32(2) : nil
    let kernel = Conv2DKernel(
      table: request.table, x: image, weight: weight, bias: bias, result: binder.result(),
      batches: x[0], outputs: w[0],
      geometry: .init(
        channels: x[1], height: x[2], width: x[3], windowHeight: w[2], windowWidth: w[3],
        strideY: stride[0], strideX: stride[1], resultHeight: y[2], resultWidth: y[3]))
    return KernelBinding(kernel, operands: binder.operands)
  }
}
