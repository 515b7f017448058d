import Foundation
import WeftPlugin

/// A profile for a spreadsheet: `weft profile … -o steps.csv`.
struct CSVReport: ProfileReport {
  let fileExtension = "csv"
  let summary = "A line for each step, for a spreadsheet."

  func data(of runs: ProfiledRuns) throws -> Data {
    var text = "step,op,kernel,line,milliseconds,flops,bytes\n"
    for row in runs.profile.steps {
      let line = row.lines.first?.text ?? ""
      text += "\(row.step),\(row.op),\(row.kernel),\(line),\(row.time),\(row.flops),\(row.bytes)\n"
    }
    return Data(text.utf8)
  }
}
