import CKernels
import Compiler
import Executor

/// The C functions of one attention: products in f32, or in bf16 where they may be rounded and the machine
/// has an instruction for that.
struct AttentionFunctions: Sendable {
  private let table: KernelTable
  private let roundsProducts: Bool

  init(_ table: KernelTable, _ products: Attention.Products) {
    self.table = table
    roundsProducts = products == .bf16 && table.bf16 != nil
  }

  private var bf16: weft_bf16_kernels? { roundsProducts ? table.bf16?.pointee : nil }

  /// As it is called in plans and reports.
  var name: String {
    let kind = bf16.map { "bf16-attention-\(String(cString: $0.name))" }
    return (kind ?? "f32-attention-\(table.name)") + "-\(block)"
  }

  /// Ranges of queries that start at a multiple of this waste nothing.
  var block: Int { max(bf16?.attention_block ?? table.functions.pointee.attention_block, 1) }

  /// In how many tiles to cut an attention, about. Products in bf16 round keys and values once a tile: a
  /// block of queries alone would lose a half of what it wins.
  var tiles: Int { roundsProducts ? 24 : 64 }

  func scratchByteCount(_ args: inout weft_attention_args) -> Int {
    bf16.map { $0.attention_scratch(&args) } ?? table.functions.pointee.attention_scratch(&args)
  }

  /// Computes these queries.
  func attend(
    _ args: inout weft_attention_args, _ queries: Range<Int>, _ scratch: UnsafeMutableRawPointer
  ) {
    let attention = bf16?.attention ?? table.functions.pointee.attention
    attention(&args, queries.lowerBound, queries.upperBound, scratch)
  }
}
