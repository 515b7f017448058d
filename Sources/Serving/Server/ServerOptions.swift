import Weft

/// What a server serves, and how much it lets clients ask for.
public struct ServerOptions: Sendable {
  /// The address that it listens at; by default only this machine reaches it.
  public var host = "127.0.0.1"
  /// The port; 0 takes any that is free.
  public var port = 8080
  /// What clients must send as a bearer token; nil lets everyone in.
  public var apiKey: String?
  /// The name that requests call the model by.
  public var name = "model"
  /// How many texts are generated at once.
  public var slots = 16
  /// How many tokens prompt and text may have together.
  public var capacity = 2048
  /// How keys and values are kept.
  public var format: StateFormat = .f32
  /// Tokens that a request may ask for.
  public var mostTokens = 4096
  /// Bytes that a request's body may have.
  public var bodyLimit = 4 << 20
  /// How many texts may wait, and how long a text may take.
  public var limits = GenerationService.Limits()
  /// Seconds that texts have to end once the server is told to stop.
  public var grace = 30
  /// Seconds that a client may take nothing before its connection is closed.
  public var stall = 60

  /// The default options.
  public init() {}
}
