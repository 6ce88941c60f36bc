package io.millrace.ingest.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SnugBuffersTest {
    private static final int CAPACITY = 256 << 10;

    private final EmbeddedChannel channel = new EmbeddedChannel(SnugBuffers.SHARED, new HttpRequestDecoder());

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    @Test
    void theBeginningOfARequestKeepsNoLargeBuffer() {
        ByteBuf received = received(post(200_000) + "P");
        channel.writeInbound(received);
        assertThat(bodyBytes()).isEqualTo(200_000);
        assertThat(received.refCnt()).isZero();

        channel.writeInbound(received("OST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"));
        assertThat(bodyBytes()).isEqualTo(3);
    }

    @Test
    void neitherDoLongHeadersThatGoOn() {
        ByteBuf received = received(post(200_000) + "POST /" + "x".repeat(3_000));
        channel.writeInbound(received);
        assertThat(bodyBytes()).isEqualTo(200_000);
        assertThat(received.refCnt()).isZero();
    }

    @Test
    void aSmallRequestKeepsNoLargeBufferWhileItsBodyIsHeld() {
        ByteBuf received = received(post(100));
        channel.writeInbound(received);
        assertThat(received.refCnt()).isZero();
        assertThat(bodyBytes()).isEqualTo(100);
    }

    @Test
    void whatFillsItsBufferIsHeldWhereItIs() {
        ByteBuf received = received(post(200_000));
        channel.writeInbound(received);
        assertThat(received.refCnt()).isPositive();
        assertThat(bodyBytes()).isEqualTo(200_000);
        assertThat(received.refCnt()).isZero();
    }

    private static ByteBuf received(String text) {
        ByteBuf buffer = PooledByteBufAllocator.DEFAULT.ioBuffer(CAPACITY);
        buffer.writeCharSequence(text, StandardCharsets.US_ASCII);
        return buffer;
    }

    private static String post(int length) {
        return "POST / HTTP/1.1\r\nContent-Length: " + length + "\r\n\r\n" + "x".repeat(length);
    }

    private int bodyBytes() {
        int bytes = 0;
        for (Object next = channel.readInbound(); next != null; next = channel.readInbound()) {
            bytes += next instanceof HttpContent part ? part.content().readableBytes() : 0;
            ReferenceCountUtil.release(next);
        }
        return bytes;
    }
}
