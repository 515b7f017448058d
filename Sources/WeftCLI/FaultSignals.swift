import Foundation
import Weft

/// Signals by which the system tells of a file that can't be written or read any more.
enum FaultSignals {
  /// They end in an error with the file's name from now on, and no longer the process.
  static func becomeErrors() {
    // A write beyond `ulimit -f` fails instead, and what was begun is taken away again.
    signal(SIGXFSZ, SIG_IGN)
    MappedFile.exitsOnLostPages()
  }
}
