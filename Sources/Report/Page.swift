/// The parts that every report has: the files of `Page/`, which are compiled into the program.
enum Page {
  /// In this order: how the page looks, then its views, then what depends on the reader's device.
  static var style: [UInt8] {
    joined([
      PackageResources.base_css, PackageResources.layout_css, PackageResources.charts_css,
      PackageResources.table_css, PackageResources.print_css,
    ])
  }

  /// In this order: what all views need, the views from the top of the page to its end, the start.
  static var script: [UInt8] {
    joined([
      PackageResources.dom_js, PackageResources.format_js, PackageResources.model_js,
      PackageResources.selection_js, PackageResources.tooltip_js, PackageResources.chart_js,
      PackageResources.theme_js, PackageResources.header_js, PackageResources.kinds_js,
      PackageResources.architecture_js, PackageResources.flame_js, PackageResources.timeline_js,
      PackageResources.roofline_js, PackageResources.memory_js, PackageResources.startup_js,
      PackageResources.passes_js, PackageResources.groups_js, PackageResources.table_js,
      PackageResources.main_js,
    ])
  }

  /// The page with each `{{name}}` of the template replaced by the part of that name, in one walk:
  /// what a part holds is never looked at again.
  static func filled(with parts: [String: [UInt8]]) -> [UInt8] {
    let template = String(decoding: PackageResources.page_html, as: UTF8.self)
    var page: [UInt8] = []
    page.reserveCapacity(template.utf8.count + parts.reduce(0) { $0 + $1.value.count })
    for (i, piece) in template.split(separator: "{{", omittingEmptySubsequences: false).enumerated()
    {
      guard i > 0 else {
        page += piece.utf8
        continue
      }
      let halves = piece.split(separator: "}}", maxSplits: 1, omittingEmptySubsequences: false)
      guard halves.count == 2, let part = parts[String(halves[0])] else {
        preconditionFailure("page.html asks for a part that there isn't: \(piece.prefix(20))")
      }
      page += part
      page += halves[1].utf8
    }
    return page
  }

  private static func joined(_ files: [[UInt8]]) -> [UInt8] {
    Array(files.joined(separator: [UInt8(ascii: "\n")]))
  }
}
