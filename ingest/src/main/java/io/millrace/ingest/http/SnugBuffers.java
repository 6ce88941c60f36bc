package io.millrace.ingest.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Copies what was received into a buffer of its own size if it leaves most of a large one empty, so that what waits, or is the
 * beginning of something, holds about as many bytes as came.
 */
@ChannelHandler.Sharable
final class SnugBuffers extends ChannelInboundHandlerAdapter {
    static final SnugBuffers SHARED = new SnugBuffers();

    /** Below it nothing is copied. */
    private static final int LARGE = 64 << 10;

    private SnugBuffers() {}

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        context.fireChannelRead(message instanceof ByteBuf received && isLoose(received) ? snug(received) : message);
    }

    private static boolean isLoose(ByteBuf received) {
        return received.capacity() > LARGE && received.readableBytes() < received.capacity() / 2;
    }

    private static ByteBuf snug(ByteBuf received) {
        try {
            return received.copy();
        } finally {
            received.release();
        }
    }
}
