import CKernels
import Tensors

/// A function of 1 to 3 reals that isn't Weft's own: a plugin computes it, block by block.
///
/// It joins chains as Weft's own do. 16-bit floats are widened for it.
public struct ForeignFunction: Sendable {
  /// Computes a block: operands, result (which may be one of them), elements.
  public typealias Call =
    @convention(c) (
      UnsafeRawPointer?, UnsafePointer<UnsafePointer<Float>?>?, UnsafeMutablePointer<Float>?, Int
    ) -> Void

  /// How many reals it takes: 1 to 3.
  public let operandCount: Int
  /// Floating-point operations for an element.
  public let flops: Int
  let call: Call
  let context: Context
  let reference: @Sendable ([Double]) -> Double

  /// What the code is given beside elements, and what keeps that alive.
  ///
  /// `@unchecked Sendable`: the memory is written before and read only after, from any thread.
  struct Context: @unchecked Sendable {
    let pointer: UnsafeRawPointer
    let owner: AnyObject
  }

  /// The function that `call` computes with `context`, which `owner` keeps alive and unchanged;
  /// `reference` is its definition in Double.
  public init(
    operandCount: Int, flops: Int, call: @escaping Call, context: UnsafeRawPointer,
    owner: AnyObject, reference: @escaping @Sendable ([Double]) -> Double
  ) {
    precondition((1...3).contains(operandCount), "a foreign function takes 1 to 3 reals")
    self.operandCount = operandCount
    self.flops = flops
    self.call = call
    self.context = Context(pointer: context, owner: owner)
    self.reference = reference
  }

  /// The instruction that calls it.
  var opcode: weft_opcode { [WEFT_OP_CALL1, WEFT_OP_CALL2, WEFT_OP_CALL3][operandCount - 1] }

  /// The reference, for every element.
  func evaluate(_ columns: [Column]) -> Column {
    let reals = columns.map(\.reals)
    return .reals(reals[0].indices.map { i in reference(reals.map { $0[i] }) })
  }
}

extension ScalarFunction {
  /// Somebody else's function of reals.
  public static func foreign(_ function: ForeignFunction) -> Self {
    Self(opcode: function.opcode, body: .foreign(function))
  }
}

extension ForeignFunction {
  /// A block of elements to compute: operand, result, elements.
  public typealias Block =
    @Sendable (UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void

  /// A function of one real in Swift: `block` computes elements, and may find the result where the operand is;
  /// it doesn't allocate, throw or lock. `reference` is its definition.
  public static func block(
    flops: Int, _ block: @escaping Block, reference: @escaping @Sendable (Double) -> Double
  ) -> ForeignFunction {
    let holder = Holder(block)
    return ForeignFunction(
      operandCount: 1, flops: flops,
      call: { context, operands, result, count in
        guard let context, let operand = operands?[0], let result else { return }
        Unmanaged<Holder>.fromOpaque(context).takeUnretainedValue().block(operand, result, count)
      },
      context: UnsafeRawPointer(Unmanaged.passUnretained(holder).toOpaque()), owner: holder,
      reference: { reference($0[0]) })
  }

  private final class Holder: Sendable {
    let block: Block
    init(_ block: @escaping Block) { self.block = block }
  }
}
