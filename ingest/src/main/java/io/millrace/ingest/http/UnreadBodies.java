package io.millrace.ingest.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.Http1xServerConnection;
import org.jspecify.annotations.Nullable;

/**
 * Drops the bodies of refused requests as they come out of the decoder of an HTTP/1.1 connection, before they are copied and
 * queued for somebody to read. A sender reads its answer only when it has sent its request, so a body has to be taken
 * from the wire however little it is wanted; under a flood that is most of what a refusal costs.
 *
 * <p>One for each connection, used by its event loop.
 */
public final class UnreadBodies extends ChannelInboundHandlerAdapter {
    private boolean inHead;
    private boolean dropping;
    private long left;

    private UnreadBodies() {}

    /** To be told of each new connection, on its event loop. Does nothing for those that speak HTTP/2. */
    public static void on(HttpConnection connection) {
        ChannelHandlerContext reader = reader(connection);
        if (reader != null) {
            reader.pipeline().addBefore(reader.name(), null, new UnreadBodies());
        }
    }

    /**
     * Drops the body of the request whose headers have just come, and which is the one that is handled while they are passed on;
     * nothing happens if that was before, or the connection has no such handler.
     *
     * @param limit of bytes, after which the client is cut off
     */
    static void drop(HttpConnection connection, int limit) {
        ChannelHandlerContext reader = reader(connection);
        UnreadBodies bodies = reader == null ? null : reader.pipeline().get(UnreadBodies.class);
        // Later the next request may have come, which is not to lose its body.
        if (bodies != null && bodies.inHead) {
            bodies.dropping = true;
            bodies.left = limit;
        }
    }

    private static @Nullable ChannelHandlerContext reader(HttpConnection connection) {
        return connection instanceof Http1xServerConnection server ? server.channelHandlerContext() : null;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpRequest) {
            dropping = false;
            inHead = true;
            context.fireChannelRead(message);
            inHead = false;
        } else if (dropping && message instanceof HttpContent part) {
            drop(context, part);
        } else {
            context.fireChannelRead(message);
        }
    }

    private void drop(ChannelHandlerContext context, HttpContent part) {
        if (part.decoderResult().isFailure()) {
            dropping = false;
            context.fireChannelRead(part);
            return;
        }
        left -= part.content().readableBytes();
        boolean last = part instanceof LastHttpContent;
        ReferenceCountUtil.release(part);
        if (last) {
            dropping = false;
            context.fireChannelRead(LastHttpContent.EMPTY_LAST_CONTENT);
        } else if (left < 0) {
            context.close();
        }
    }
}
