package io.millrace.backing;

import io.millrace.embedded.Ports;
import org.jspecify.annotations.Nullable;

/** Containers of the images that anybody runs; they end with this process. */
final class ContainerBacking implements BackingStack {
    private @Nullable LogBroker broker;
    private @Nullable DatabaseServer postgres;
    private @Nullable DatabaseServer durable;

    ContainerBacking() {
        DockerEngine.require();
    }

    @Override
    public boolean isEmbedded() {
        return false;
    }

    @Override
    public synchronized LogBroker broker() {
        LogBroker running = broker;
        if (running == null) {
            int port = Ports.free();
            running = new BrokerContainer(port, DockerEngine.host(), port);
            running.start();
            broker = running;
        }
        return running;
    }

    @Override
    public LogBroker brokerBehind(int proxyPort) {
        return new BrokerContainer(Ports.free(), "127.0.0.1", proxyPort);
    }

    @Override
    public synchronized DatabaseServer postgres() {
        DatabaseServer running = postgres;
        if (running == null) {
            running = PostgresContainer.started("-c", "fsync=off");
            postgres = running;
        }
        return running;
    }

    @Override
    public synchronized DatabaseServer durablePostgres() {
        DatabaseServer running = durable;
        if (running == null) {
            running = PostgresContainer.started();
            durable = running;
        }
        return running;
    }
}
