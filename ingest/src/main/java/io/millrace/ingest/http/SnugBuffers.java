package io.millrace.ingest.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Keeps large receive buffers from being held for a few bytes: by what waits, or by a decoder that has the beginning of
 * something and waits for more. First in the pipeline.
 */
@ChannelHandler.Sharable
final class SnugBuffers extends ChannelInboundHandlerAdapter {
    static final SnugBuffers SHARED = new SnugBuffers();

    /** Smaller buffers are left alone. */
    private static final int LARGE = 64 << 10;

    private static final int LAST_BYTES = 64;

    private SnugBuffers() {}

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!(message instanceof ByteBuf received) || received.capacity() <= LARGE) {
            context.fireChannelRead(message);
        } else if (received.readableBytes() < received.capacity() / 2) {
            context.fireChannelRead(copy(received));
        } else {
            split(context, received);
        }
    }

    private static ByteBuf copy(ByteBuf received) {
        try {
            return received.copy();
        } finally {
            received.release();
        }
    }

    /** What a decoder has left of the first part it copies together with the second, as a slice has no room behind it. */
    private static void split(ChannelHandlerContext context, ByteBuf received) {
        int first = received.readableBytes() - LAST_BYTES;
        ByteBuf last = received.copy(received.readerIndex() + first, LAST_BYTES);
        context.fireChannelRead(received.readSlice(first));
        context.fireChannelRead(last);
    }
}
