package io.millrace.ingest.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.vertx.core.http.impl.Http1xOrH2CHandler;

/**
 * Answers requests that ask for HTTP/2 over HTTP/1.1, as a server may. Vert.x reads the body of such a request however long
 * it has to wait, and never frees that of one which asks in the wrong way. Clients that know of HTTP/2 begin with it.
 *
 * <p>In the pipeline of a socket that accepts connections, and then in that of each connection until its first request.
 */
@ChannelHandler.Sharable
public final class IgnoredUpgrades extends ChannelInboundHandlerAdapter {
    public static final IgnoredUpgrades SHARED = new IgnoredUpgrades();

    private IgnoredUpgrades() {}

    @Override
    public void channelRead(ChannelHandlerContext context, Object accepted) {
        ((Channel) accepted).pipeline().addLast(FirstBytes.SHARED);
        context.fireChannelRead(accepted);
    }

    /** Waits until Vert.x knows what a connection speaks, and has made the decoder for it. */
    @ChannelHandler.Sharable
    private static final class FirstBytes extends ChannelInboundHandlerAdapter {
        static final FirstBytes SHARED = new FirstBytes();

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf received = (ByteBuf) message;
            ChannelPipeline pipeline = context.pipeline();
            // One by one: that by which Vert.x knows goes straight on into the decoder.
            while (isUnknown(pipeline) && received.isReadable()) {
                context.fireChannelRead(received.readRetainedSlice(1));
            }
            if (!isUnknown(pipeline)) {
                ChannelHandlerContext decoder = pipeline.context(HttpRequestDecoder.class);
                if (decoder != null) {
                    pipeline.addAfter(decoder.name(), null, FirstRequest.SHARED);
                }
                pipeline.remove(this);
            }
            context.fireChannelRead(received);
        }

        private static boolean isUnknown(ChannelPipeline pipeline) {
            return pipeline.get(Http1xOrH2CHandler.class) != null;
        }
    }

    /** Vert.x looks at no other whether it asks. */
    @ChannelHandler.Sharable
    private static final class FirstRequest extends ChannelInboundHandlerAdapter {
        static final FirstRequest SHARED = new FirstRequest();

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof HttpRequest request) {
                if (request.headers()
                        .contains(HttpHeaderNames.UPGRADE, Http2CodecUtil.HTTP_UPGRADE_PROTOCOL_NAME, true)) {
                    request.headers().remove(HttpHeaderNames.UPGRADE);
                }
                context.pipeline().remove(this);
            }
            context.fireChannelRead(message);
        }
    }
}
