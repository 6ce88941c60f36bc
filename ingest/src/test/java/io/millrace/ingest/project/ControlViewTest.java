package io.millrace.ingest.project;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.ingest.privacy.MaskingCounts;
import io.millrace.ingest.privacy.MaskingFactory;
import io.millrace.ingest.webhook.Sources;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ControlViewTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String TOPIC = "millrace.control.v1";
    private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);
    private static final UUID PROJECT = new UUID(1, 1);

    private final BlockingQueue<Consumer<String, byte[]>> consumers = new LinkedBlockingQueue<>();
    private final MockConsumer<String, byte[]> first = consumer();
    private final ControlView view =
            ControlView.follow(consumers::remove, new MaskingFactory(new byte[32], new MaskingCounts()), Sources.SEAL);

    /** Of the topic as it is now; the first is there before the view is. */
    private MockConsumer<String, byte[]> consumer(byte[]... projects) {
        MockConsumer<String, byte[]> consumer = new MockConsumer<>("none");
        Node node = new Node(0, "localhost", 1);
        Node[] nodes = {node};
        consumer.updatePartitions(TOPIC, List.of(new PartitionInfo(TOPIC, 0, node, nodes, nodes)));
        consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
        consumer.updateEndOffsets(Map.of(PARTITION, (long) projects.length));
        for (int i = 0; i < projects.length; i++) {
            ConsumerRecord<String, byte[]> entry = new ConsumerRecord<>(TOPIC, 0, i, "project/" + PROJECT, projects[i]);
            consumer.schedulePollTask(() -> consumer.addRecord(entry));
        }
        consumers.add(consumer);
        return consumer;
    }

    @AfterEach
    void close() {
        view.close();
    }

    /** Else a key that is revoked would go on being good for as long as the edge runs. */
    @Test
    void readsAnewWhateverTheClientThrew() {
        await().atMost(SOON).until(() -> view.unreadiness().isEmpty());
        consumer(DirectoryEntries.projectEntry(PROJECT, 30));

        first.schedulePollTask(() -> {
            throw new IllegalStateException("of the client");
        });

        await().atMost(SOON).until(() -> view.directory().project(PROJECT).isPresent());
        assertThat(view.unreadiness()).isEmpty();
    }

    @Test
    void isNotReadyWhenItDoesNotFollowAnyMore() {
        await().atMost(SOON).until(() -> view.unreadiness().isEmpty());

        first.schedulePollTask(() -> {
            throw new StackOverflowError("of the client");
        });

        // Awaitility would take what ends the thread for the end of the test.
        await().dontCatchUncaughtExceptions()
                .atMost(SOON)
                .until(() -> view.unreadiness().isPresent());
    }
}
