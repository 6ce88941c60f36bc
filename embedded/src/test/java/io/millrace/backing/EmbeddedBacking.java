package io.millrace.backing;

import io.millrace.embedded.Broker;
import io.millrace.embedded.BrokerConfig;
import io.millrace.embedded.DataFolder;
import io.millrace.embedded.EmbeddedStack;
import io.millrace.embedded.Ports;
import io.millrace.embedded.Postgres;
import io.millrace.embedded.PostgresConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The services that come with Millrace, in this process and as its children. */
final class EmbeddedBacking implements BackingStack {
    private static final String PASSWORD = "secret of the tests";

    private @Nullable DatabaseServer durable;

    @Override
    public boolean isEmbedded() {
        return true;
    }

    @Override
    public LogBroker broker() {
        return new EmbeddedBroker(EmbeddedStack.shared().broker(), () -> {});
    }

    @Override
    public LogBroker brokerBehind(int proxyPort) {
        DataFolder folder = DataFolder.open(temporary("edge"));
        Broker broker = new Broker(BrokerConfig.in(folder).withAdvertisedPort(proxyPort));
        return new EmbeddedBroker(broker, folder::close);
    }

    @Override
    public DatabaseServer postgres() {
        return new EmbeddedDatabase(EmbeddedStack.shared().postgres());
    }

    @Override
    public synchronized DatabaseServer durablePostgres() {
        DatabaseServer running = durable;
        if (running == null) {
            Path binaries = Path.of(System.getProperty("java.io.tmpdir"), "postgres");
            Postgres server =
                    new Postgres(new PostgresConfig(temporary("postgres"), binaries, Ports.free(), PASSWORD, Map.of()));
            Runtime.getRuntime().addShutdownHook(new Thread(server::close));
            server.start();
            running = new EmbeddedDatabase(server);
            durable = running;
        }
        return running;
    }

    private static Path temporary(String name) {
        try {
            return Files.createTempDirectory(name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
