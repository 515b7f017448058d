// A program imports Weft and has all of it.
@_exported import ChatTemplates
@_exported import Compiler
@_exported import Diagrams
@_exported import Executor
@_exported import Formats
@_exported import Generation
@_exported import GraphLanguage
@_exported import IR
@_exported import Operators
@_exported import Passes
@_exported import Plugins
@_exported import Profiler
@_exported import Report
@_exported import ShippedGraphs
@_exported import Tensors
@_exported import Tokenizers

/// The version of this framework.
public let weftVersion = "0.1.0"
