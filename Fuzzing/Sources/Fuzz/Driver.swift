import Foundation

/// `Fuzz list`, `Fuzz TARGET --seeds FOLDER`, or `Fuzz TARGET` with libFuzzer's arguments.
enum Driver {
  private static let targets: [any FuzzTarget.Type] = [
    ChatTemplateTarget.self,
    ConfigTarget.self,
    GGUFTarget.self,
    GraphLanguageTarget.self,
    GraphRunTarget.self,
    HTTPBodyTarget.self,
    PluginFileTarget.self,
    ProfileTarget.self,
    SafetensorsTarget.self,
    TokenizerTarget.self,
  ]

  /// What libFuzzer gives its bytes to. Set once, before it begins; it calls on one thread.
  nonisolated(unsafe) static var current: (any FuzzTarget)?

  /// Does what the command line asks for; where that is fuzzing, the caller goes on.
  static func start(_ arguments: [String]) throws {
    if arguments.count == 2, arguments[1] == "list" {
      for target in targets { print(target.name) }
      exit(0)
    }
    guard arguments.count >= 2, let type = targets.first(where: { $0.name == arguments[1] }) else {
      print("usage: Fuzz list | Fuzz TARGET --seeds FOLDER | Fuzz TARGET [libFuzzer's arguments]")
      exit(64)
    }
    let target = try type.init()
    if arguments.count == 4, arguments[2] == "--seeds" {
      try Seeds.write(target, to: URL(filePath: arguments[3]))
      exit(0)
    }
    current = target
  }
}

/// libFuzzer calls this before it reads its arguments; the target's name is taken out of them.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
  _ count: UnsafeMutablePointer<Int32>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>
) -> Int32 {
  let list = arguments.pointee
  do {
    try Driver.start((0..<Int(count.pointee)).compactMap { list[$0].map { String(cString: $0) } })
  } catch {
    print("\(error)")
    exit(1)
  }
  for i in 1..<Int(count.pointee) { list[i] = list[i + 1] }
  count.pointee -= 1
  return 0
}

/// libFuzzer calls this with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  Driver.current?.run(bytes.map { Data(bytes: $0, count: count) } ?? Data())
  return 0
}
