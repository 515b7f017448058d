/// The name that is closest to `name` by its edit distance, or nil when none is close.
///
/// Names longer than 200 bytes are no candidates, so that a crafted file can't make this slow.
public func nearestName(to name: String, among candidates: some Sequence<String>) -> String? {
  let target = Array(name.utf8)
  guard target.count <= 200 else { return nil }
  var best: (distance: Int, name: String)?
  let limit = max(2, target.count / 3)
  for candidate in candidates {
    let bytes = Array(candidate.utf8.prefix(201))
    let bound = best.map { $0.distance - 1 } ?? limit
    guard bytes.count <= 200, abs(bytes.count - target.count) <= bound else { continue }
    let distance = editDistance(target, bytes)
    if distance <= bound { best = (distance, candidate) }
    if distance == 0 { break }
  }
  return best?.name
}

/// How many bytes must be put in, taken out or replaced to make one of the other (Levenshtein).
private func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
  var row = Array(0...b.count)
  for i in a.indices {
    var diagonal = row[0]
    row[0] = i + 1
    for j in b.indices {
      let above = row[j + 1]
      row[j + 1] = min(above + 1, row[j] + 1, diagonal + (a[i] == b[j] ? 0 : 1))
      diagonal = above
    }
  }
  return row[b.count]
}
