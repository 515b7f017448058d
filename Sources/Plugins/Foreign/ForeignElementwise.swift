import CPlugin
import Compiler
import IR
import Operators
import Tensors

/// An elementwise op of a plugin in C, which joins chains as Weft's own do.
struct ForeignElementwise: ElementwiseOp {
  static let signature = OpSignature("plugin_elementwise", "An op of a plugin in C.", operands: [])

  let definition: ForeignDefinition
  let attributes: Attributes
  let function: ScalarFunction

  init(_ attributes: Attributes) throws(OpError) {
    throw .refused(operand: nil, "is made by its plugin alone")
  }

  init(definition: ForeignDefinition, attributes: Attributes) {
    self.definition = definition
    self.attributes = attributes
    let operandCount = definition.signature.operands.count
    let context = Context(definition, attributes)
    function = .foreign(
      ForeignFunction(
        operandCount: operandCount, flops: max(Int(definition.op.elementwise_flops), 1),
        call: weft_plugin_call, context: UnsafeRawPointer(context.call), owner: context,
        reference: { context.evaluate($0) }))
  }

  var signature: OpSignature { definition.signature }

  func evaluate(_ operands: [Tensor]) throws -> [Tensor] {
    try definition.checkUsable()
    return [try program.evaluate(operands)]
  }

  func replacing(_ attributes: Attributes) throws(OpError) -> Self {
    Self(definition: definition, attributes: attributes)
  }

  /// NumPy's broadcasting, once the function was seen to be elementwise.
  func resultTypes(_ operands: [TensorType]) throws(OpError) -> [TensorType] {
    try definition.checkUsable()
    let types = [try program.resultType(operands)]
    try definition.checkElementwise(attributes)
    return types
  }

  /// What the function is given with every block.
  ///
  /// `@unchecked Sendable`: written by `init`, read only after that.
  private final class Context: @unchecked Sendable {
    let call: UnsafeMutablePointer<weft_plugin_function>
    private let values: ForeignValues
    private let definition: ForeignDefinition

    init(_ definition: ForeignDefinition, _ attributes: Attributes) {
      self.definition = definition
      values = ForeignValues(attributes, definition.signature.attributes, DimTable())
      call = .allocate(capacity: 1)
      call.initialize(
        to: weft_plugin_function(
          function: definition.op.elementwise, attributes: values.pointer))
    }

    /// The definition in Double; the function itself, in f32, where the plugin has none.
    func evaluate(_ x: [Double]) -> Double {
      if let reference = definition.op.elementwise_reference {
        return reference(values.pointer, x)
      }
      let floats = x.map { Float($0) }
      var result: Float = 0
      floats.withUnsafeBufferPointer { floats in
        let sources = floats.indices.map { i in floats.baseAddress.map { $0 + i } }
        call.pointee.function(values.pointer, sources, &result, 1)
      }
      return Double(result)
    }

    deinit { call.deallocate() }
  }
}
