// A plugin that is loaded at run time imports this and has all of Weft.
@_exported import Weft

/// What a plugin returns from `weft_swift_plugin`, the function that Weft looks for in its library.
///
/// ```swift
/// @_cdecl("weft_swift_plugin")
/// public func plugin() -> UnsafeMutableRawPointer { exported(Sparse()) }
/// ```
///
/// It is compiled into the plugin, and with it what the plugin was built against: that is read from the
/// file before anything of it runs.
@_alwaysEmitIntoClient
public func exported(_ plugin: some Plugin) -> UnsafeMutableRawPointer {
  ExportedPlugin(plugin, builtAgainst: weftBuildIdentity).retained()
}

/// What this Weft is built from, for who asks by the symbol's name. Only the dynamic library has it.
@_cdecl("weft_build_identity")
public func buildIdentity() -> UnsafePointer<UInt8> { weftBuildIdentity.utf8Start }
