extension WhyReport.Line {
  /// The ops of the line; those that went the same way together, as one with several names.
  var together: [WhyReport.Op] {
    var groups: [(destinies: [Destiny], ops: [WhyReport.Op])] = []
    for op in ops {
      let destinies = op.fates.map { Destiny($0, of: op.op, self) }
      if let at = groups.firstIndex(where: { $0.destinies == destinies }) {
        groups[at].ops.append(op)
      } else {
        groups.append((destinies, [op]))
      }
    }
    return groups.map { group in
      guard group.ops.count > 1 else { return group.ops[0] }
      var all = group.ops[0]
      all.op = group.ops.map(\.op).joined(separator: ", ")
      all.fates = all.fates.indices.map { i in merged(group.ops, i, group.destinies[i]) }
      return all
    }
  }

  /// What `ops` have in common as their fate at `i`.
  private func merged(_ ops: [WhyReport.Op], _ i: Int, _ destiny: Destiny) -> WhyReport.Fate {
    // The op that was there first has the longest story, and the others' within it.
    var fate = ops.map { $0.fates[i] }.max { $0.events.count < $1.events.count } ?? ops[0].fates[i]
    guard fate.kind == .step else { return fate }
    var members = destiny.members
    for op in ops {
      let at = members.firstIndex {
        ($0.op, $0.file, $0.line) == (op.op, range.file, range.line)
      }
      if let at { members[at].count -= 1 }
    }
    fate.companions = members.filter { $0.count > 0 }
    return fate
  }
}

/// Where a node ended, in words that are the same for all that ended there.
struct Destiny: Hashable {
  private var fate: WhyReport.Fate
  /// All that is in the step, the node itself among them.
  let members: [WhyReport.Companion]

  init(_ fate: WhyReport.Fate, of op: String, _ line: WhyReport.Line) {
    var own = fate
    var members: [WhyReport.Companion] = []
    switch fate.kind {
    case .step:
      own.events = []
      own.companions = []
      members = fate.companions
      let at = members.firstIndex {
        ($0.op, $0.file, $0.line) == (op, line.range.file, line.range.line)
      }
      if let at {
        members[at].count += 1
      } else {
        members.append(.init(op: op, file: line.range.file, line: line.range.line, count: 1))
      }
      members.sort { ($0.file, $0.line, $0.op) < ($1.file, $1.line, $1.op) }
    case .constant: own.events = Array(fate.events.dropLast())
    default: break
    }
    self.fate = own
    self.members = members
  }
}
