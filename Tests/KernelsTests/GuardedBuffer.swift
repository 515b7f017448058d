import Foundation

/// Which end of a buffer lies against an inaccessible page.
enum Edge: CaseIterable, Sendable {
  case start
  case end
}

/// Memory with an inaccessible page right before or right after it: an access outside is a crash,
/// not a value that happens to fit.
final class GuardedBuffer<Element: BitwiseCopyable> {
  let pointer: UnsafeMutablePointer<Element>
  let count: Int
  private let mapping: UnsafeMutableRawPointer
  private let mapped: Int

  init(count: Int, edge: Edge) {
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let bytes = count * MemoryLayout<Element>.stride
    let body = max(1, (bytes + page - 1) / page) * page
    mapped = body + 2 * page
    let flags = MAP_PRIVATE | MAP_ANONYMOUS
    guard let base = mmap(nil, mapped, PROT_READ | PROT_WRITE, flags, -1, 0), base != MAP_FAILED
    else { preconditionFailure("no memory for a test") }
    precondition(mprotect(base, page, PROT_NONE) == 0)
    precondition(mprotect(base + page + body, page, PROT_NONE) == 0)
    mapping = base
    let start = edge == .start ? base + page : base + page + body - bytes
    pointer = start.bindMemory(to: Element.self, capacity: max(count, 1))
    self.count = count
  }

  convenience init(_ elements: [Element], edge: Edge) {
    self.init(count: elements.count, edge: edge)
    for (index, element) in elements.enumerated() { pointer[index] = element }
  }

  deinit { munmap(mapping, mapped) }

  var elements: [Element] { Array(UnsafeBufferPointer(start: pointer, count: count)) }
}
