import CKernels
import Compiler
import Tensors

/// The product of rows with a weight that is known before the run, packed as Weft's own layers pack it:
/// for kernels of ops that aren't Weft's.
///
/// y[rows, columns] = activation(x · Wᵀ) ⊙ multiplier
public struct WeightProduct: Sendable {
  /// Elements of a row of x.
  public let depth: Int
  /// Elements of a row of y.
  public let columns: Int
  private let packed: PackedMatrix
  private let table: KernelTable

  /// The product with `weight` [columns, depth], packed once for all plans.
  ///
  /// - Throws: ``KernelError`` where there is no memory for the packed weight.
  public init(_ weight: Tensor, _ request: KernelRequest) throws(KernelError) {
    precondition(weight.dims.count == 2, "a weight has two axes")
    (columns, depth) = (weight.dims[0], weight.dims[1])
    packed = try request.packedMatrix(weight, depth: depth, columns: columns, transposed: true)
    table = request.table
  }

  /// Writes `rows` rows of y; doesn't allocate, and may run on any thread.
  ///
  /// Rows of x are `depth` apart, and those of y and of the multiplier, which may be y itself, `columns`.
  public func run(
    _ x: UnsafePointer<Float>, rows: Int, into y: UnsafeMutablePointer<Float>,
    activation: Activation = .none, multiplier: UnsafePointer<Float>? = nil
  ) {
    guard rows > 0, columns > 0 else { return }
    var args = weft_gemm_args()
    args.a = x
    args.a_stride = depth
    args.packed = UnsafeRawPointer(packed.storage.base)
    args.packed_type = packed.type.kernelType
    args.c = y
    args.c_stride = columns
    args.k = depth
    args.n = columns
    args.scale = 1
    args.activation = activation.kernelValue
    args.multiplier = multiplier
    args.multiplier_stride = columns
    let panels = ceilingDivision(columns, table.panelWidth)
    table.functions.pointee.gemm(&args, 0, rows, 0, panels)
  }
}
