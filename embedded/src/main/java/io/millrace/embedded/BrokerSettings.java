package io.millrace.embedded;

import java.util.HashMap;
import java.util.Map;

/** The settings of a broker that is alone, on loopback, and has to be up in seconds. */
final class BrokerSettings {
    static final String USER = "millrace";
    static final String CONTROLLER = "CONTROLLER";
    static final int NODE = 1;
    private static final String CLIENT = "CLIENT";

    private BrokerSettings() {}

    static Map<String, Object> of(BrokerConfig config) {
        var settings = new HashMap<String, Object>();
        listeners(settings, config);
        security(settings, config.password());
        alone(settings);
        small(settings);
        quick(settings);
        settings.put("log.dirs", config.folder().toString());
        settings.put(
                "log.retention.check.interval.ms",
                Long.toString(config.retentionCheck().toMillis()));
        settings.put("auto.create.topics.enable", "false");
        // For topics that were made before their own settings said so.
        settings.put("log.message.timestamp.after.max.ms", Long.toString(Long.MAX_VALUE));
        return settings;
    }

    private static void listeners(Map<String, Object> settings, BrokerConfig config) {
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", Integer.toString(NODE));
        settings.put("controller.quorum.voters", NODE + "@127.0.0.1:" + config.controllerPort());
        settings.put(
                "listeners",
                CLIENT + "://127.0.0.1:" + config.port() + "," + CONTROLLER + "://127.0.0.1:"
                        + config.controllerPort());
        settings.put("advertised.listeners", CLIENT + "://127.0.0.1:" + config.advertisedPort());
        settings.put("controller.listener.names", CONTROLLER);
        settings.put("inter.broker.listener.name", CLIENT);
        settings.put("listener.security.protocol.map", CLIENT + ":SASL_PLAINTEXT," + CONTROLLER + ":SASL_PLAINTEXT");
    }

    private static void security(Map<String, Object> settings, String password) {
        settings.put("sasl.enabled.mechanisms", "PLAIN");
        settings.put("sasl.mechanism.inter.broker.protocol", "PLAIN");
        settings.put("sasl.mechanism.controller.protocol", "PLAIN");
        var accounts = login(password) + " user_" + USER + "=\"" + password + "\";";
        settings.put("listener.name.client.plain.sasl.jaas.config", accounts);
        settings.put("listener.name.controller.plain.sasl.jaas.config", accounts);
    }

    /** The JAAS line of the one user, without its final semicolon. */
    static String login(String password) {
        return "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"" + USER + "\" password=\""
                + password + "\"";
    }

    private static void alone(Map<String, Object> settings) {
        for (var topic : new String[] {"offsets.topic", "transaction.state.log", "share.coordinator.state.topic"}) {
            settings.put(topic + ".replication.factor", "1");
            settings.put(topic + ".num.partitions", "1");
        }
        settings.put("transaction.state.log.min.isr", "1");
        settings.put("share.coordinator.state.topic.min.isr", "1");
        settings.put("group.initial.rebalance.delay.ms", "0");
    }

    private static void small(Map<String, Object> settings) {
        settings.put("log.cleaner.dedupe.buffer.size", "4194304"); // 128 MB of heap by default
        settings.put("log.segment.bytes", "67108864");
        settings.put("num.io.threads", "4");
        settings.put("num.network.threads", "2");
    }

    /** A dead broker's session blocks the next one for as long as it lasts. Below 3 s a busy machine fences a live one. */
    private static void quick(Map<String, Object> settings) {
        settings.put("broker.session.timeout.ms", "3000");
        settings.put("broker.heartbeat.interval.ms", "200");
        settings.put("controller.quorum.election.timeout.ms", "200");
        settings.put("controller.quorum.fetch.timeout.ms", "400");
        settings.put("controller.quorum.election.backoff.max.ms", "100");
    }
}
