package io.millrace.backing;

import io.millrace.embedded.Broker;
import java.util.Map;

/**
 * A broker in this process.
 *
 * @param afterwards lets go of what it used, when it is closed
 */
record EmbeddedBroker(Broker broker, Runnable afterwards) implements LogBroker {
    @Override
    public void start() {
        broker.start();
    }

    @Override
    public String host() {
        return "127.0.0.1";
    }

    @Override
    public int port() {
        return broker.port();
    }

    @Override
    public String bootstrap() {
        return broker.bootstrap();
    }

    @Override
    public Map<String, String> clientProperties() {
        return broker.clientProperties();
    }

    @Override
    public void close() {
        broker.close();
        afterwards.run();
    }
}
