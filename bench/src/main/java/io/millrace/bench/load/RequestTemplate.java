package io.millrace.bench.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** An encoded OTLP request of one service whose ids, times and tokens are patched in a copy of it. */
final class RequestTemplate {
    private static final int RESOURCE_SPANS = 1;
    private static final int SCOPE_SPANS = 2;
    private static final int SPANS = 2;

    private final byte[] bytes;
    private final List<Slot> slots;

    private RequestTemplate(byte[] bytes, List<Slot> slots) {
        this.bytes = bytes;
        this.slots = slots;
    }

    /**
     * Encodes spans of one environment.
     *
     * @param numbers gives each series its number, and new ones the next
     */
    static RequestTemplate of(Service service, List<SpanPlan> plans, Map<Series, Integer> numbers) {
        WireWriter scopeSpans = new WireWriter();
        WireWriter scope = new WireWriter();
        scope.string(1, "millrace.bench");
        scope.string(2, "1");
        scopeSpans.message(1, scope);
        List<Slot> slots = new ArrayList<>();
        for (SpanPlan plan : plans) {
            Series series = service.series(plan);
            int number = numbers.computeIfAbsent(series, absent -> numbers.size());
            slots.add(SpanWriter.append(plan, number, scopeSpans, SPANS));
        }
        WireWriter resourceSpans = new WireWriter();
        resourceSpans.message(1, service.resource());
        int inResource = resourceSpans.message(SCOPE_SPANS, scopeSpans);
        WireWriter request = new WireWriter();
        int shift = inResource + request.message(RESOURCE_SPANS, resourceSpans);
        return new RequestTemplate(
                request.toByteArray(),
                slots.stream().map(slot -> slot.shifted(shift)).toList());
    }

    int length() {
        return bytes.length;
    }

    int spans() {
        return slots.size();
    }

    /** Writes the request of these traces to the beginning of {@code target}. */
    void fill(TraceNumbers[] traces, long dueNanos, byte[] target) {
        System.arraycopy(bytes, 0, target, 0, bytes.length);
        for (Slot slot : slots) {
            slot.patch(target, traces[slot.plan().trace()], dueNanos);
        }
    }

    void count(TraceNumbers[] traces, long dueNanos, Truth truth) {
        for (Slot slot : slots) {
            slot.count(traces[slot.plan().trace()], dueNanos, truth);
        }
    }
}
