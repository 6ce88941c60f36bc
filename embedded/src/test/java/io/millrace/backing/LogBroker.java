package io.millrace.backing;

import java.util.Map;

/** A Kafka broker with a password that creates no topics by itself. */
public interface LogBroker extends AutoCloseable {
    /** Starts, and returns when clients can work. */
    void start();

    /** Where {@link #port()} is, which need not be this machine. */
    String host();

    /** The port on which clients are served; with a proxy in front, what the proxy leads to. */
    int port();

    /** Host and port for {@code bootstrap.servers}; with a proxy in front, the proxy's. */
    String bootstrap();

    /** Everything that a client needs to be let in: the bootstrap address and the SASL settings. */
    Map<String, String> clientProperties();

    @Override
    void close();
}
