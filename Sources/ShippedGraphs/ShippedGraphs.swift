import Foundation

/// The graph files of `Graphs/`, which are compiled into the program: it needs no folder beside it.
public enum ShippedGraphs {
  /// Where they seem to stand; nothing is there on disk.
  public static let folder = URL(filePath: "/(weft)/", directoryHint: .isDirectory)

  /// The file of that name: `llama` for `Graphs/llama.weft`.
  public static func file(_ name: String) -> URL {
    URL(filePath: name + ".weft", relativeTo: folder)
  }

  /// The text of a file of ``folder``; nil for all others.
  public static func contents(of url: URL) -> [UInt8]? {
    let path = url.standardizedFileURL.path
    let prefix = folder.path + "/"
    guard path.hasPrefix(prefix) else { return nil }
    return files.first { $0.path == path.dropFirst(prefix.count) }?.text()
  }

  /// The paths of all files, from ``folder``.
  public static var paths: [String] { files.map(\.path) }

  /// All files: paths from ``folder``, and what reads their texts. A new file of `Graphs/` is a line here.
  public static let files: [(path: String, text: @Sendable () -> [UInt8])] = [
    ("bert.weft", { PackageResources.bert_weft }),
    ("gemma.weft", { PackageResources.gemma_weft }),
    ("gpt2.weft", { PackageResources.gpt2_weft }),
    ("llama.weft", { PackageResources.llama_weft }),
    ("minilm.weft", { PackageResources.minilm_weft }),
    ("phi.weft", { PackageResources.phi_weft }),
    ("t5.weft", { PackageResources.t5_weft }),
    ("transformer.weft", { PackageResources.transformer_weft }),
    ("vit.weft", { PackageResources.vit_weft }),
    ("layers/attention.weft", { PackageResources.attention_weft }),
    ("layers/basics.weft", { PackageResources.basics_weft }),
    ("layers/decoder.weft", { PackageResources.decoder_weft }),
    ("layers/embeddings.weft", { PackageResources.embeddings_weft }),
    ("layers/encoder.weft", { PackageResources.encoder_weft }),
    ("layers/feed-forward.weft", { PackageResources.feed_forward_weft }),
    ("layers/rotary.weft", { PackageResources.rotary_weft }),
    ("layers/t5-stack.weft", { PackageResources.t5_stack_weft }),
  ]
}
