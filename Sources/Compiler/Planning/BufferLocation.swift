/// A dense part of a block of memory.
struct BufferLocation {
  enum Block {
    case buffer(Int)
    case constant(Int)
    case input(Int)
    case output(Int)
    case state(Int)
  }

  var block: Block
  var byteOffset: Int
  var byteCount: Int
}
