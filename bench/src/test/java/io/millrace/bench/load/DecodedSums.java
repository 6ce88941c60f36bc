package io.millrace.bench.load;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Sums computed from the encoded requests alone, by the rules of the GenAI conventions, with prices of its own. */
final class DecodedSums {
    private static final Map<String, List<String>> USD_PER_MILLION = Map.of(
            "gpt-4o-mini-2024-07-18", List.of("0.15", "0.075", "0", "0.6"),
            "gpt-4o-2024-08-06", List.of("2.5", "1.25", "0", "10"),
            "claude-sonnet-4-20250514", List.of("3", "0.3", "3.75", "15"),
            "gpt-4.1-mini", List.of("0.4", "0.1", "0", "1.6"),
            "o4-mini", List.of("1.1", "0.275", "0", "4.4"),
            "text-embedding-3-small", List.of("0.02", "0", "0", "0"));
    private static final Map<String, String> KINDS = Map.of(
            "chat", "llm",
            "embeddings", "embedding",
            "retrieval", "retriever",
            "execute_tool", "tool",
            "invoke_agent", "agent");

    private final List<Decoded> spans = new ArrayList<>();

    record Decoded(Map<String, AnyValue> resource, Span span, Map<String, AnyValue> attributes) {
        String text(String key) {
            AnyValue value = attributes.get(key);
            return value == null ? "" : value.getStringValue();
        }

        long integer(String key) {
            AnyValue value = attributes.get(key);
            return value == null ? 0 : value.getIntValue();
        }

        String kind() {
            return KINDS.get(text("gen_ai.operation.name"));
        }

        boolean callsModel() {
            return kind().equals("llm") || kind().equals("embedding");
        }
    }

    void add(byte[] body) throws Exception {
        for (ResourceSpans resource : ExportTraceServiceRequest.parseFrom(body).getResourceSpansList()) {
            Map<String, AnyValue> attributes = map(resource.getResource().getAttributesList());
            resource.getScopeSpans(0)
                    .getSpansList()
                    .forEach(span -> spans.add(new Decoded(attributes, span, map(span.getAttributesList()))));
        }
    }

    List<Decoded> spans() {
        return spans;
    }

    Table joint(Grain grain) {
        Set<ByteString> outer = new HashSet<>();
        for (Decoded decoded : spans) {
            if (decoded.callsModel()) {
                outer.add(decoded.span.getTraceId().concat(decoded.span.getParentSpanId()));
            }
        }
        Table table = new Table(Measure.columns());
        for (Decoded decoded : spans) {
            boolean counted = decoded.callsModel()
                    && !outer.contains(decoded.span.getTraceId().concat(decoded.span.getSpanId()));
            long second = decoded.span.getEndTimeUnixNano() / 1_000_000_000L;
            long start = second - second % grain.seconds();
            table.add(new Table.Key(grain, Cube.JOINT, dims(decoded), start), row(decoded, counted));
        }
        return table;
    }

    private static List<String> dims(Decoded decoded) {
        return List.of(
                decoded.resource.get("deployment.environment.name").getStringValue(),
                decoded.kind(),
                decoded.text("gen_ai.provider.name"),
                decoded.text("gen_ai.response.model"),
                decoded.span.getName(),
                decoded.resource.get("service.version").getStringValue(),
                "");
    }

    private static long[] row(Decoded decoded, boolean counted) {
        long[] row = new long[Measure.columns().size()];
        row[Measure.SPANS.ordinal()] = 1;
        row[Measure.ERRORS.ordinal()] = decoded.span.getStatus().getCodeValue() == 2 ? 1 : 0;
        if (!counted) {
            return row;
        }
        long read = decoded.integer("gen_ai.usage.cache_read.input_tokens");
        long written = decoded.integer("gen_ai.usage.cache_creation.input_tokens");
        long uncached = decoded.integer("gen_ai.usage.input_tokens") - read - written;
        long reasoning = decoded.integer("gen_ai.usage.reasoning.output_tokens");
        long output = decoded.integer("gen_ai.usage.output_tokens");
        row[Measure.COUNTED.ordinal()] = 1;
        row[Measure.INPUT.ordinal()] = uncached;
        row[Measure.INPUT_CACHE_READ.ordinal()] = read;
        row[Measure.INPUT_CACHE_WRITE_5M.ordinal()] = written;
        row[Measure.OUTPUT.ordinal()] = output - reasoning;
        row[Measure.OUTPUT_REASONING.ordinal()] = reasoning;
        List<String> prices = USD_PER_MILLION.get(decoded.text("gen_ai.response.model"));
        BigDecimal usd = BigDecimal.ZERO;
        long[] tokens = {uncached, read, written, output};
        for (int i = 0; i < tokens.length; i++) {
            usd = usd.add(new BigDecimal(prices.get(i))
                    .multiply(BigDecimal.valueOf(tokens[i]))
                    .movePointLeft(6));
        }
        row[Measure.COST_PICO_USD.ordinal()] = usd.movePointRight(12).longValueExact();
        return row;
    }

    private static Map<String, AnyValue> map(List<KeyValue> attributes) {
        Map<String, AnyValue> map = new HashMap<>();
        attributes.forEach(attribute -> map.put(attribute.getKey(), attribute.getValue()));
        return map;
    }
}
