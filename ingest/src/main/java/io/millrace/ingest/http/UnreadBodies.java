package io.millrace.ingest.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.impl.Http1xServerConnection;
import io.vertx.core.http.impl.HttpServerConnection;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the bodies that nobody reads yet, and drops those that nobody will, as they come out of the decoder of an HTTP/1.1
 * connection, before they are copied to the heap. What waits stays in the memory that it was received into, where no
 * collector carries it along; and as a sender reads its answer only when it has sent its request, the body of a refused one
 * has to be taken from the wire however little it is wanted. The answers of such requests leave together, a moment later.
 *
 * <p>One for each connection, used by its event loop.
 */
public final class UnreadBodies extends ChannelDuplexHandler {
    /** The most that is received at once, if it was set so for the transport: most requests whole. */
    public static final int RECEIVE_BUFFER = 256 << 10;
    /** The most of a body that is handed on at once. */
    public static final int CHUNK = 64 << 10;
    /** The window of a stream of HTTP/2. */
    public static final int STREAM_WINDOW = 1 << 20;
    /**
     * Of a request that is paused: Vert.x queues sixteen chunks, and stops reading behind eight more, but only when it has
     * received sixteen times. Where a receive is four chunks, it does so at each.
     */
    private static final int MOST_WHEN_PAUSED = 40 * CHUNK;
    /**
     * What one connection may hold, as it comes out of the decoder. One receive buffer is less, unless it is full of small
     * requests; but of a client that has sent its end, all is received that it had sent.
     */
    private static final int MOST_HELD = 512 << 10;
    /** Pieces of a body that are smaller are put together while they are held: each is an object of many more bytes. */
    private static final int SMALL = 1 << 10;

    private static final int JOINED = 4 << 10;
    /** About what a request takes on the heap, and any other piece. */
    private static final int REQUEST_BYTES = 1_000;

    private static final int PIECE_BYTES = 200;

    private final Queue<Object> held = new ArrayDeque<>();
    /** The last of what is held, if small pieces are put together in it. */
    private @Nullable ByteBuf joined;

    private int heldBytes;
    private boolean inHead;
    private boolean holding;
    private boolean dropping;
    /** From when a body is dropped until the answer to its request is flushed. */
    private boolean refusing;

    private long left;

    private UnreadBodies() {}

    /**
     * To be told of each new connection, on its event loop. Requests of those that speak HTTP/2 are paused instead of held; their
     * large receive buffers are kept from being held for a few bytes like all others.
     */
    public static void on(HttpConnection connection) {
        if (connection instanceof HttpServerConnection server) {
            server.channelHandlerContext().pipeline().addFirst(SnugBuffers.SHARED);
        }
        ChannelHandlerContext reader = reader(connection);
        if (reader != null) {
            // Netty's adaptive one allocates, fills with zeros and frees each receive buffer once some hundred are
            // held.
            reader.channel().config().setAllocator(PooledByteBufAllocator.DEFAULT);
            reader.pipeline().addBefore(reader.name(), null, new UnreadBodies());
        }
    }

    /**
     * Hands nothing on of the body of a request whose headers are being passed on, nor of what comes behind it, and does not
     * go on reading. A request whose headers have been passed on before, or of HTTP/2, is paused instead.
     *
     * @return hands on what was held, and goes on reading, soon
     */
    static Runnable hold(HttpServerRequest request) {
        ChannelHandlerContext own = own(request.connection());
        if (own != null && own.handler() instanceof UnreadBodies bodies && bodies.inHead) {
            bodies.hold(own);
            // Not at once: behind it may be a request that takes a turn, while turns are given.
            return () -> own.executor().execute(() -> bodies.pass(own));
        }
        request.pause();
        return request::resume;
    }

    /** How many bytes of a body may have been read, at most, when {@link #hold} returns. */
    static int mostHeld(HttpServerRequest request) {
        if (request.version() == HttpVersion.HTTP_2) {
            return STREAM_WINDOW;
        }
        ChannelHandlerContext own = own(request.connection());
        return own != null && own.handler() instanceof UnreadBodies bodies && bodies.inHead
                ? RECEIVE_BUFFER
                : MOST_WHEN_PAUSED;
    }

    /**
     * Drops the body of a request whose headers are being passed on, or which is held; nothing happens otherwise.
     *
     * @param limit of bytes, after which the client is cut off
     */
    static void drop(HttpConnection connection, int limit) {
        ChannelHandlerContext own = own(connection);
        if (own != null && own.handler() instanceof UnreadBodies bodies) {
            bodies.drop(limit);
        }
    }

    private static @Nullable ChannelHandlerContext own(HttpConnection connection) {
        ChannelHandlerContext reader = reader(connection);
        return reader == null ? null : reader.pipeline().context(UnreadBodies.class);
    }

    private static @Nullable ChannelHandlerContext reader(HttpConnection connection) {
        return connection instanceof Http1xServerConnection server ? server.channelHandlerContext() : null;
    }

    private void hold(ChannelHandlerContext context) {
        holding = true;
        context.channel().config().setAutoRead(false);
    }

    private void pass(ChannelHandlerContext context) {
        if (context.isRemoved()) {
            return;
        }
        holding = false;
        joined = null;
        while (!holding && !held.isEmpty()) {
            Object next = held.remove();
            heldBytes -= bytes(next);
            handOn(context, next);
        }
        if (!holding) {
            context.channel().config().setAutoRead(true);
        }
        context.fireChannelReadComplete();
    }

    private void drop(int limit) {
        // Else the next request may have come, which is not to lose its body.
        if (inHead || holding) {
            dropping = true;
            refusing = true;
            left = limit;
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!holding) {
            handOn(context, message);
        } else if (heldBytes + bytes(message) <= MOST_HELD) {
            hold(context, message);
        } else {
            ReferenceCountUtil.release(message);
            context.close();
        }
    }

    private void hold(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpContent part && isSmall(part)) {
            join(context, part.content());
            part.release();
        } else {
            joined = null;
            add(message);
        }
    }

    private static boolean isSmall(HttpContent part) {
        return !(part instanceof LastHttpContent) && part.content().readableBytes() < SMALL;
    }

    private void join(ChannelHandlerContext context, ByteBuf piece) {
        ByteBuf room = joined;
        if (room == null || room.writableBytes() < piece.readableBytes()) {
            room = context.alloc().buffer(JOINED, JOINED);
            add(new DefaultHttpContent(room));
            joined = room;
        }
        heldBytes += piece.readableBytes();
        room.writeBytes(piece);
    }

    private void add(Object message) {
        heldBytes += bytes(message);
        held.add(message);
    }

    /** Answers of refused requests leave together at the end of the loop's round: each wakes its reader, which costs a switch. */
    @Override
    public void flush(ChannelHandlerContext context) {
        if (refusing) {
            refusing = false;
            context.executor().execute(context::flush);
        } else {
            context.flush();
        }
    }

    private static int bytes(Object message) {
        return message instanceof HttpContent part
                ? PIECE_BYTES + part.content().readableBytes()
                : REQUEST_BYTES;
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        held.forEach(ReferenceCountUtil::release);
        held.clear();
    }

    private void handOn(ChannelHandlerContext context, Object message) {
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
