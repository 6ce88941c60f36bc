package io.millrace.query.metric;

import static io.millrace.query.Api.eventually;

import io.millrace.embedded.Broker;
import io.millrace.embedded.BrokerConfig;
import io.millrace.embedded.DataFolder;
import io.millrace.query.migration.KafkaTopics;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a broker of its own: that of the other tests has its topics from the start. */
class OverlayFeedIT {
    @TempDir
    private Path folder;

    @Test
    void waitsForATopicThatIsNotThereYet() throws Exception {
        try (DataFolder data = DataFolder.open(folder);
                Broker broker = new Broker(BrokerConfig.in(data))) {
            broker.start();
            Map<String, Object> settings = new HashMap<>(broker.clientProperties());
            AtomicInteger opened = new AtomicInteger();
            try (OverlayFeed feed = new OverlayFeed(() -> consumer(settings, opened), new Overlay(1 << 20))) {
                feed.start();
                eventually().until(() -> opened.get() > 1);
                try (Admin admin = Admin.create(settings)) {
                    new KafkaTopics(admin, 1).ensure();
                }
                eventually().until(feed::isCaughtUp);
            }
        }
    }

    private static Consumer<byte[], byte[]> consumer(Map<String, Object> settings, AtomicInteger opened) {
        opened.incrementAndGet();
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }
}
