package io.millrace.query.migration;

import io.millrace.query.migration.ClusterState.TopicState;
import io.millrace.schema.topic.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Judges whether a cluster can keep what Millrace promises of its topics. */
public final class TopicPromise {
    private static final int INSYNC = 2;

    private final int replicas;

    /**
     * @param replicas that topics are to have: 1 gives the promise up for a single machine, from 3 on it is kept
     */
    public TopicPromise(int replicas) {
        this.replicas = replicas;
    }

    /** What does not fit, of the cluster and of the topics that are there. */
    public List<Breach> breaches(ClusterState cluster) {
        List<Breach> breaches = new ArrayList<>();
        if (cluster.brokers() < replicas) {
            breaches.add(new Breach(
                    true,
                    "the cluster",
                    "has " + cluster.brokers() + " broker" + (cluster.brokers() == 1 ? "" : "s") + " for " + replicas
                            + " replicas",
                    "add brokers; or set MILLRACE_TOPIC_REPLICAS=1, and a broker that is lost takes acknowledged spans"
                            + " with it"));
        }
        for (Topic topic : Topic.values()) {
            TopicState state = cluster.topics().get(topic);
            if (state != null) {
                new Judgement(topic, state, breaches).judge();
            }
        }
        return breaches;
    }

    private final class Judgement {
        private final Topic topic;
        private final TopicState state;
        private final Map<String, String> wanted;
        private final List<Breach> breaches;
        /** What the log of spans loses was acknowledged; what the others lose can be asked for again. */
        private final boolean holdsSpans;

        Judgement(Topic topic, TopicState state, List<Breach> breaches) {
            this.topic = topic;
            this.state = state;
            this.wanted = topic.settings();
            this.breaches = breaches;
            this.holdsSpans = topic == Topic.SPANS;
        }

        void judge() {
            replication();
            if (!wanted("cleanup.policy").equals(actual("cleanup.policy"))) {
                add(true, "cleanup.policy", "set it to " + wanted("cleanup.policy"));
            }
            if (wanted.containsKey("retention.ms") && isLess("retention.ms", -1)) {
                add(holdsSpans, "retention.ms", "set it to at least " + wanted("retention.ms"));
            }
            if (!"-1".equals(actual("retention.bytes"))) {
                add(holdsSpans, "retention.bytes", "set it to -1: a limit in bytes deletes what was acknowledged");
            }
            if (!wanted("message.timestamp.type").equals(actual("message.timestamp.type"))) {
                add(holdsSpans, "message.timestamp.type", "set it to " + wanted("message.timestamp.type"));
            }
            if (isLess("message.timestamp.after.max.ms", Long.MAX_VALUE)) {
                add(
                        holdsSpans,
                        "message.timestamp.after.max.ms",
                        "set it to " + wanted("message.timestamp.after.max.ms")
                                + ": an edge whose clock is ahead is refused");
            }
            if (isLess("max.message.bytes", Long.MAX_VALUE)) {
                add(true, "max.message.bytes", "set it to at least " + wanted("max.message.bytes"));
            }
            if (topic == Topic.CONTROL && state.partitions() != 1) {
                add(true, "has " + state.partitions() + " partitions", "make it anew with one: its order counts");
            }
        }

        private void replication() {
            if (replicas == 1) {
                return;
            }
            if (state.replicas() < replicas) {
                breaches.add(new Breach(
                        true,
                        topic.id(),
                        "has " + state.replicas() + " replicas",
                        "reassign its partitions to " + replicas + " brokers"));
            }
            long insync = number("min.insync.replicas", 1);
            if (insync < INSYNC) {
                add(true, "min.insync.replicas", "set it to " + INSYNC + ": else one broker alone acknowledges");
            } else if (insync >= state.replicas()) {
                add(false, "min.insync.replicas", "set it to " + INSYNC + ": else no broker may be away");
            }
            if ("true".equals(actual("unclean.leader.election.enable"))) {
                add(true, "unclean.leader.election.enable", "set it to false: a broker that lags may not lead");
            }
        }

        private void add(boolean breaking, String what, String remedy) {
            String said = state.settings().containsKey(what) ? what + " is " + actual(what) : what;
            breaches.add(new Breach(breaking, topic.id(), said, remedy));
        }

        private String wanted(String setting) {
            return wanted.getOrDefault(setting, "");
        }

        private String actual(String setting) {
            return state.settings().getOrDefault(setting, "");
        }

        /** Whether a number is less than wanted; a cluster that does not know the setting does not limit it. */
        private boolean isLess(String setting, long unlimited) {
            long value = number(setting, unlimited);
            return value != unlimited && value < Long.parseLong(wanted(setting));
        }

        private long number(String setting, long otherwise) {
            String text = actual(setting);
            try {
                return text.isEmpty() ? otherwise : Long.parseLong(text);
            } catch (NumberFormatException e) {
                return otherwise;
            }
        }
    }
}
