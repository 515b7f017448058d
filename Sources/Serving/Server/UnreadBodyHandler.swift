import NIOCore
import NIOHTTPTypes

/// Reads and drops what a client still sends after it has its answer.
///
/// A body that is too large, or for a path that isn't there, is answered before it has come. A
/// client that sends all before it reads would wait for the server to take the rest, and the server
/// for the client to close. Nothing of it is kept, and after `limit` bytes the connection is closed.
final class UnreadBodyHandler: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  private let limit: Int
  /// Whether a request's head has come and its end hasn't.
  private var isReading = false
  /// Whether it has its answer; bytes of it that were dropped since.
  private var isAnswered = false
  private var dropped = 0

  init(limit: Int) { self.limit = limit }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head:
      isReading = true
      isAnswered = false
      dropped = 0
    case .body(let part):
      if isAnswered {
        dropped += part.readableBytes
        if dropped > limit { context.close(promise: nil) }
        return
      }
    case .end: isReading = false
    }
    context.fireChannelRead(data)
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    context.fireChannelReadComplete()
    // Nobody behind this handler asks for more.
    if isReading, isAnswered { context.read() }
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    if case .end = unwrapOutboundIn(data), isReading {
      isAnswered = true
      context.write(data, promise: promise)
      context.read()
    } else {
      context.write(data, promise: promise)
    }
  }
}
