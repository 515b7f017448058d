import IR

/// An op whose tokens each have a place in a state, [slots, capacity, …].
public protocol StatePlacing: Op {
  /// The position of the state, or of one of them, among the operands.
  var stateOperand: Int { get }
  /// The position of the slots, i32 [tokens].
  var slotsOperand: Int { get }
  /// The position of the positions in the slots, i32 [tokens].
  var positionsOperand: Int { get }
}
