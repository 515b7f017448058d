import IR

/// What became of each node of a graph while passes rewrote it.
///
/// Kept only where it is asked for: see ``PassManager/compile(_:snapshots:tracingLineage:)``.
public struct Lineage: Sendable {
  /// One thing that happened to a node.
  public struct Event: Hashable, Sendable {
    /// What kind of thing.
    public enum Change: Hashable, Sendable {
      /// It became other nodes, alone or together with others.
      case rewritten
      /// Constants stand for it.
      case folded
      /// A value that was there before stands for it.
      case replaced
      /// Nothing used it any more.
      case dropped
    }

    /// The pass; "input" for what no output hung on before all passes.
    public var pass: String
    /// What the pass said, or what happened where it said nothing.
    public var message: String
    /// What happened.
    public var change: Change
  }

  /// What became of one node.
  public struct Story: Hashable, Sendable {
    /// What happened to it, in order.
    public internal(set) var events: [Event] = []
    /// The nodes of the last graph that stand for it; empty where there is none any more.
    public internal(set) var nodes: [NodeID] = []
    /// What a rewrite needed besides: axes that are moved before and after, masks put together.
    public internal(set) var helpers: [NodeID] = []
  }

  /// The story of each node of ``CompiledGraph/source``, at its position there.
  public internal(set) var stories: [Story]

  /// Every node of `graph` stands for itself.
  init(of graph: Graph) {
    stories = graph.nodes.map { Story(nodes: [$0.id]) }
  }

  /// Takes along what pruning left: `sources` are the nodes that stayed.
  mutating func prune(_ sources: [NodeID], pass: String) {
    let moved = Dictionary(uniqueKeysWithValues: sources.enumerated().map { ($1, NodeID($0)) })
    for i in stories.indices where !stories[i].nodes.isEmpty {
      stories[i].nodes = stories[i].nodes.compactMap { moved[$0] }
      stories[i].helpers = stories[i].helpers.compactMap { moved[$0] }
      // What a rewrite of this sweep replaced says so itself.
      guard stories[i].nodes.isEmpty else { continue }
      stories[i].helpers = []
      stories[i].events.append(
        Event(
          pass: pass,
          message: pass == "input" ? "no output hangs on it" : "nothing uses it any more",
          change: .dropped))
    }
  }

  /// Takes along what `patches` made of `before`: `sources` says where the nodes of `after` come
  /// from, `messages` what was said of each patch.
  mutating func apply(
    _ patches: [Patch], _ messages: [String], from before: Graph, to after: Graph,
    _ sources: [NodeSource], pass: String
  ) {
    var kept: [NodeID: NodeID] = [:]
    var made = [[NodeID]](repeating: [], count: patches.count)
    for (i, source) in sources.enumerated() {
      switch source {
      case .kept(let old): kept[old] = NodeID(i)
      case .made(let patch): made[patch].append(NodeID(i))
      }
    }
    var rewrites: [NodeID: [Int]] = [:]
    let replaced = patches.map { $0.replacedNodes(in: before) }
    for (p, patch) in patches.enumerated() {
      for node in replaced[p].union(patch.rewritten) { rewrites[node, default: []].append(p) }
    }
    let ranked = made.map { Self.mainNodes(of: $0, in: after) }
    for i in stories.indices where !stories[i].nodes.isEmpty {
      var story = Story(events: stories[i].events)
      var told: [Event] = []
      for helper in stories[i].helpers {
        let next = (rewrites[helper] ?? []).flatMap { made[$0] }
        story.helpers += [kept[helper]].compactMap { $0 } + next
      }
      for node in stories[i].nodes {
        if let same = kept[node] { story.nodes.append(same) }
        for p in rewrites[node] ?? [] {
          guard !made[p].isEmpty || replaced[p].contains(node) else { continue }
          story.nodes += ranked[p].main
          story.helpers += ranked[p].helpers
          let change: Event.Change =
            !made[p].isEmpty ? .rewritten : patches[p].makesConstants ? .folded : .replaced
          let event = Event(pass: pass, message: messages[p], change: change)
          if !told.contains(event) { told.append(event) }
        }
      }
      story.events += told
      story.nodes = Set(story.nodes).sorted()
      story.helpers = Set(story.helpers).subtracting(story.nodes).sorted()
      stories[i] = story
    }
  }

  /// Of the nodes that one rewrite made, those that do the work, and those that only serve them.
  private static func mainNodes(
    of made: [NodeID], in graph: Graph
  ) -> (main: [NodeID], helpers: [NodeID]) {
    let weights = made.map { graph[$0].op.signature.category.weight }
    let most = weights.max()
    return (
      zip(made, weights).filter { $0.1 == most }.map(\.0),
      zip(made, weights).filter { $0.1 != most }.map(\.0)
    )
  }
}

extension OpCategory {
  /// How much of a rewrite's meaning lies in ops of this kind.
  fileprivate var weight: Int {
    switch self {
    case .matrixProduct, .attention: 4
    case .normalization, .reduction, .embedding: 3
    case .activation, .elementwise, .state, .other: 2
    case .position: 1
    case .movement: 0
    }
  }
}
