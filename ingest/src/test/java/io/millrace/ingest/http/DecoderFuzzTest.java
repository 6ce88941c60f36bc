package io.millrace.ingest.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.millrace.ingest.privacy.Masking;
import io.millrace.ingest.privacy.MaskingCounts;
import io.millrace.ingest.privacy.MaskingFactory;
import io.millrace.ingest.privacy.MaskingRules;
import io.millrace.ingest.span.BodySampling;
import io.millrace.ingest.span.DecodedRequest;
import io.millrace.ingest.span.MalformedEnvelope;
import io.millrace.ingest.span.RequestContext;
import io.millrace.ingest.span.RequestSpans;
import io.millrace.ingest.span.SpanLimits;
import io.millrace.ingest.webhook.Unverified;
import io.millrace.schema.privacy.Detector;
import io.millrace.schema.privacy.MaskAction;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Whatever the bytes are: every decoder ends with spans that can be read or with a sentence for the sender, in memory that is
 * bounded by the body, whatever the project's settings. Bodies that led to a new outcome are changed further, so that the
 * search goes on where it has not been.
 *
 * <p>{@code -Dmillrace.fuzz.cpu.seconds=N} has it go on until the decoders took so much time of a processor, with other bodies
 * each time; {@code -Dtest.timeout} has to be longer. The figures are printed.
 */
class DecoderFuzzTest {
    private static final int ROUNDS = 1_500;
    private static final int RECORD_BYTES = 64 * 1024;
    private static final int MOST_KEPT = 400;
    /** Of the memory that decoding takes: so many times the body, and what it takes for none. */
    private static final long MOST_TIMES = 200;

    private static final long MOST_BESIDES = 16L << 20;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final List<RequestContext> settings = List.of(
            DecodedRequest.CONTEXT,
            DecodedRequest.context(SpanLimits.DEFAULT, masking(MaskAction.MASK)),
            DecodedRequest.context(SpanLimits.DEFAULT, masking(MaskAction.HASH), new BodySampling(0.5, true)),
            DecodedRequest.context(
                    new SpanLimits(256, 32, 4_096, 512, 2_048, 4, 2, 3, 100_000),
                    Masking.NONE,
                    new BodySampling(0, false)));

    private long inputs;
    private long taken;
    private long spans;
    private long slowestNanos;
    private long mostMemory;
    private String slowest = "";
    private String largest = "";

    /** The build's own limit ends it, if any: as long as it was asked to go on, it does not hang. */
    @Test
    @Timeout(value = 1, unit = TimeUnit.DAYS)
    @SuppressWarnings("SystemOut")
    void everyDecoderTakesWhatItCanAndSaysWhatItCannot() {
        long budget = Long.getLong("millrace.fuzz.cpu.seconds", 0) * 1_000_000_000L;
        long seed = budget == 0 ? 1 : new Random().nextLong();
        long begin = THREADS.getCurrentThreadCpuTime();
        long heapBefore = heap();
        List<Search> searches = FuzzedDecoder.all().stream()
                .map(decoder -> new Search(decoder, seed))
                .toList();
        int rounds = 0;
        do {
            searches.forEach(Search::step);
            rounds++;
        } while (budget == 0 ? rounds < ROUNDS : THREADS.getCurrentThreadCpuTime() - begin < budget);
        int outcomes =
                searches.stream().mapToInt(search -> search.outcomes.size()).sum();
        System.out.printf(
                "%,d inputs to %d decoders in %d s of a processor, %,d taken, %,d spans, %,d outcomes; slowest %.1f ms (%s);"
                        + " most memory %.1f MiB (%s); heap %d -> %d MiB%n",
                inputs,
                searches.size(),
                (THREADS.getCurrentThreadCpuTime() - begin) / 1_000_000_000L,
                taken,
                spans,
                outcomes,
                slowestNanos / 1e6,
                slowest,
                mostMemory / 1_048_576.0,
                largest,
                heapBefore >> 20,
                heap() >> 20);
        // Else it would be no test of what comes behind the envelope.
        assertThat(taken).isGreaterThan(inputs / 10);
        searches.forEach(
                search -> assertThat(search.outcomes).as(search.decoder.name()).hasSizeGreaterThan(1));
    }

    /** One decoder, and the bodies that led somewhere. */
    private final class Search {
        private final FuzzedDecoder decoder;
        private final Random random;
        private final BadBodies bad;
        private final List<byte[]> bodies;
        private final Set<String> outcomes = new HashSet<>();

        private Search(FuzzedDecoder decoder, long seed) {
            this.decoder = decoder;
            this.random = new Random(seed ^ decoder.name().hashCode());
            this.bad = new BadBodies(random);
            this.bodies = new ArrayList<>(decoder.seeds());
            warmUp();
        }

        /** What is needed once, classes above all, is no body's fault. */
        private void warmUp() {
            for (byte[] body : bodies) {
                for (RequestContext context : settings) {
                    try {
                        new DecodedRequest(decoder.decode().of(body, context), RECORD_BYTES);
                    } catch (MalformedEnvelope | Refused | Unverified said) {
                        outcomes.add(said.getMessage());
                    }
                }
            }
        }

        private void step() {
            byte[] body = bad.next(bodies, decoder.text());
            RequestContext context = settings.get(random.nextInt(settings.size()));
            try {
                if (outcomes.add(outcome(body, context)) && bodies.size() < MOST_KEPT) {
                    bodies.add(body);
                }
            } catch (RuntimeException | Error broken) {
                throw new AssertionError(
                        decoder.name() + ": " + broken + ", of "
                                + Base64.getEncoder().encodeToString(body),
                        broken);
            }
        }

        private String outcome(byte[] body, RequestContext context) {
            inputs++;
            long memory = THREADS.getCurrentThreadAllocatedBytes();
            long time = THREADS.getCurrentThreadCpuTime();
            try {
                RequestSpans request = decoder.decode().of(body, context);
                request.records(RECORD_BYTES);
                note(body, time, memory);
                taken++;
                return read(request);
            } catch (MalformedEnvelope | Refused | Unverified said) {
                note(body, time, memory);
                assertThat(said.getMessage()).isNotBlank();
                return said.getMessage().replaceAll("[0-9]+", "0");
            }
        }

        private void note(byte[] body, long time, long memory) {
            long nanos = THREADS.getCurrentThreadCpuTime() - time;
            long bytes = THREADS.getCurrentThreadAllocatedBytes() - memory;
            String which = decoder.name() + ", " + body.length + " bytes";
            if (nanos > slowestNanos) {
                slowestNanos = nanos;
                slowest = which;
            }
            if (bytes > mostMemory) {
                mostMemory = bytes;
                largest = which;
            }
            assertThat(bytes).as("memory for " + which).isLessThan(MOST_BESIDES + MOST_TIMES * body.length);
        }

        /** What can be told of it without its texts. */
        private String read(RequestSpans request) {
            DecodedRequest read = new DecodedRequest(request, RECORD_BYTES);
            assertThat(read.spans()).hasSize(request.accepted());
            spans += request.accepted();
            Set<String> seen = new HashSet<>();
            for (DecodedRequest.Span span : read.spans()) {
                seen.add(span.kind() + " " + span.marks() + " " + span.usage().keySet());
            }
            request.refusals().forEach(refusal -> seen.add(refusal.reason() + refusal.detail()));
            return seen + " " + request.ignoredByReason().keySet();
        }
    }

    private static Masking masking(MaskAction action) {
        Map<Detector, MaskAction> detectors = new EnumMap<>(Detector.class);
        for (Detector detector : Detector.values()) {
            detectors.put(detector, action);
        }
        return new MaskingFactory(new byte[32], new MaskingCounts())
                .of(DecodedRequest.PROJECT, new MaskingRules(detectors, List.of(), List.of(), List.of()));
    }

    private static long heap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
