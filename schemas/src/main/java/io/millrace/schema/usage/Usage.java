package io.millrace.schema.usage;

import io.millrace.schema.wire.UsageMessage;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * The tokens of one call or of many, in disjoint buckets. Immutable; counts of a single call are never negative.
 */
public final class Usage {
    /** No tokens at all; different from a span that reported no usage, which has none of these. */
    public static final Usage ZERO = new Usage(new long[UsageBucket.COUNT]);

    private final long[] tokens;

    private Usage(long[] tokens) {
        this.tokens = tokens;
    }

    /** Copies {@code tokens}, which is in the order of {@link UsageBucket}. */
    public static Usage of(long[] tokens) {
        return new Usage(Arrays.copyOf(tokens, UsageBucket.COUNT));
    }

    public static Usage of(UsageMessage message) {
        return new Usage(new long[] {
            message.getInput(),
            message.getInputCacheRead(),
            message.getInputCacheWrite5M(),
            message.getInputCacheWrite1H(),
            message.getInputAudio(),
            message.getInputImage(),
            message.getOutput(),
            message.getOutputReasoning(),
            message.getOutputAudio(),
            message.getOutputImage()
        });
    }

    public UsageMessage toMessage() {
        return UsageMessage.newBuilder()
                .setInput(tokens[0])
                .setInputCacheRead(tokens[1])
                .setInputCacheWrite5M(tokens[2])
                .setInputCacheWrite1H(tokens[3])
                .setInputAudio(tokens[4])
                .setInputImage(tokens[5])
                .setOutput(tokens[6])
                .setOutputReasoning(tokens[7])
                .setOutputAudio(tokens[8])
                .setOutputImage(tokens[9])
                .build();
    }

    public long get(UsageBucket bucket) {
        return tokens[bucket.ordinal()];
    }

    /** The bucket at {@code index} of {@link UsageBucket}'s order. */
    public long get(int index) {
        return tokens[index];
    }

    /** All tokens that went in, cached or not. */
    public long inputTokens() {
        long sum = 0;
        for (int i = 0; i < UsageBucket.OUTPUT.ordinal(); i++) {
            sum += tokens[i];
        }
        return sum;
    }

    /** All tokens that came out, reasoning included. */
    public long outputTokens() {
        long sum = 0;
        for (int i = UsageBucket.OUTPUT.ordinal(); i < tokens.length; i++) {
            sum += tokens[i];
        }
        return sum;
    }

    public boolean isZero() {
        for (long count : tokens) {
            if (count != 0) {
                return false;
            }
        }
        return true;
    }

    /** The buckets that are not zero, by their label, in alphabetical order. */
    public Map<String, Long> byLabel() {
        Map<String, Long> map = new TreeMap<>();
        for (UsageBucket bucket : UsageBucket.values()) {
            if (get(bucket) != 0) {
                map.put(bucket.label(), get(bucket));
            }
        }
        return map;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Usage usage && Arrays.equals(tokens, usage.tokens);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(tokens);
    }

    @Override
    public String toString() {
        return byLabel().toString();
    }
}
