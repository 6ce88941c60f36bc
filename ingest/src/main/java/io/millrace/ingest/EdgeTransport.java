package io.millrace.ingest;

import io.millrace.ingest.http.IgnoredUpgrades;
import io.millrace.ingest.http.UnreadBodies;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.impl.transports.EpollTransport;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.transport.Transport;

/**
 * Linux's sockets by epoll, of which those that clients opened are read up to {@link UnreadBodies#RECEIVE_BUFFER} at once, if
 * that much keeps coming; Netty alone stops at a quarter of it, and Vert.x has no option but for buffers of one size. This holds
 * for all servers of the Vert.x, also those that do not keep {@linkplain UnreadBodies#on such buffers from being held}. Those for
 * HTTP {@linkplain IgnoredUpgrades take HTTP/2 only from clients that begin with it}.
 */
public final class EdgeTransport extends EpollTransport implements Transport {
    private static final int LEAST_RECEIVED = 64;
    private static final int FIRST_RECEIVED = 2_048;

    private EdgeTransport() {}

    /** The beginning of a Vert.x whose servers receive so on Linux; elsewhere with the transport that it prefers there. */
    public static VertxBuilder vertx(VertxOptions options) {
        VertxBuilder builder = Vertx.builder().with(options.setPreferNativeTransport(true));
        EdgeTransport transport = new EdgeTransport();
        return transport.available() ? builder.withTransport(transport) : builder;
    }

    @Override
    public void configure(NetServerOptions options, boolean domainSocket, ServerBootstrap bootstrap) {
        super.configure(options, domainSocket, bootstrap);
        // Once in each round of the loop: more would be one connection's before its neighbours'.
        bootstrap.childOption(
                ChannelOption.RCVBUF_ALLOCATOR,
                new AdaptiveRecvByteBufAllocator(LEAST_RECEIVED, FIRST_RECEIVED, UnreadBodies.RECEIVE_BUFFER)
                        .maxMessagesPerRead(1));
        if (options instanceof HttpServerOptions) {
            bootstrap.handler(IgnoredUpgrades.SHARED);
        }
    }

    @Override
    public String name() {
        return "epoll";
    }

    @Override
    public boolean available() {
        return isAvailable();
    }

    @Override
    public EdgeTransport implementation() {
        return this;
    }
}
