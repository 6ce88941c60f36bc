package io.millrace.ingest.otlp;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;

/** Prints a request as the OTLP specification says JSON is written; knows nothing of the decoder it tests. */
final class OtlpJsonPrinter {
    private OtlpJsonPrinter() {}

    static String print(ExportTraceServiceRequest request) {
        return "{\"resourceSpans\":" + list(request.getResourceSpansList(), OtlpJsonPrinter::print) + "}";
    }

    static String print(ExportLogsServiceRequest request) {
        return "{\"resourceLogs\":" + list(request.getResourceLogsList(), OtlpJsonPrinter::print) + "}";
    }

    private static String print(ResourceLogs logs) {
        return "{\"scopeLogs\":" + list(logs.getScopeLogsList(), OtlpJsonPrinter::print) + "}";
    }

    private static String print(ScopeLogs logs) {
        return "{\"logRecords\":" + list(logs.getLogRecordsList(), OtlpJsonPrinter::print) + "}";
    }

    private static String print(LogRecord log) {
        return "{\"timeUnixNano\":\"" + Long.toUnsignedString(log.getTimeUnixNano())
                + "\",\"observedTimeUnixNano\":\"" + Long.toUnsignedString(log.getObservedTimeUnixNano())
                + "\",\"severityNumber\":" + log.getSeverityNumberValue()
                + (log.hasBody() ? ",\"body\":" + print(log.getBody()) : "")
                + ",\"attributes\":" + list(log.getAttributesList(), OtlpJsonPrinter::print)
                + ",\"traceId\":" + hex(log.getTraceId())
                + ",\"spanId\":" + hex(log.getSpanId())
                + ",\"eventName\":" + quoted(log.getEventName()) + "}";
    }

    private static String print(ResourceSpans spans) {
        return "{\"resource\":{\"attributes\":"
                + list(spans.getResource().getAttributesList(), OtlpJsonPrinter::print)
                + "},\"scopeSpans\":" + list(spans.getScopeSpansList(), OtlpJsonPrinter::print) + "}";
    }

    private static String print(ScopeSpans spans) {
        return "{\"scope\":{\"name\":" + quoted(spans.getScope().getName())
                + ",\"version\":" + quoted(spans.getScope().getVersion())
                + ",\"attributes\":" + list(spans.getScope().getAttributesList(), OtlpJsonPrinter::print)
                + "},\"spans\":" + list(spans.getSpansList(), OtlpJsonPrinter::print) + "}";
    }

    private static String print(Span span) {
        return "{\"traceId\":" + hex(span.getTraceId())
                + ",\"spanId\":" + hex(span.getSpanId())
                + ",\"traceState\":" + quoted(span.getTraceState())
                + ",\"parentSpanId\":" + hex(span.getParentSpanId())
                + ",\"name\":" + quoted(span.getName())
                + ",\"kind\":" + span.getKindValue()
                + ",\"startTimeUnixNano\":\"" + Long.toUnsignedString(span.getStartTimeUnixNano())
                + "\",\"endTimeUnixNano\":\"" + Long.toUnsignedString(span.getEndTimeUnixNano())
                + "\",\"attributes\":" + list(span.getAttributesList(), OtlpJsonPrinter::print)
                + ",\"droppedAttributesCount\":" + span.getDroppedAttributesCount()
                + ",\"events\":" + list(span.getEventsList(), OtlpJsonPrinter::print)
                + ",\"links\":" + list(span.getLinksList(), OtlpJsonPrinter::print)
                + ",\"status\":{\"message\":" + quoted(span.getStatus().getMessage())
                + ",\"code\":" + span.getStatus().getCodeValue() + "}}";
    }

    private static String print(Span.Event event) {
        return "{\"timeUnixNano\":\"" + event.getTimeUnixNano() + "\",\"name\":" + quoted(event.getName())
                + ",\"attributes\":" + list(event.getAttributesList(), OtlpJsonPrinter::print)
                + ",\"droppedAttributesCount\":" + event.getDroppedAttributesCount() + "}";
    }

    private static String print(Span.Link link) {
        return "{\"traceId\":" + hex(link.getTraceId()) + ",\"spanId\":" + hex(link.getSpanId())
                + ",\"traceState\":" + quoted(link.getTraceState())
                + ",\"attributes\":" + list(link.getAttributesList(), OtlpJsonPrinter::print)
                + ",\"droppedAttributesCount\":" + link.getDroppedAttributesCount()
                + ",\"flags\":" + link.getFlags() + "}";
    }

    private static String print(KeyValue attribute) {
        return "{\"key\":" + quoted(attribute.getKey())
                + (attribute.hasValue() ? ",\"value\":" + print(attribute.getValue()) : "") + "}";
    }

    private static String print(AnyValue value) {
        return switch (value.getValueCase()) {
            case STRING_VALUE -> "{\"stringValue\":" + quoted(value.getStringValue()) + "}";
            case BOOL_VALUE -> "{\"boolValue\":" + value.getBoolValue() + "}";
            case INT_VALUE -> "{\"intValue\":\"" + value.getIntValue() + "\"}";
            case DOUBLE_VALUE -> "{\"doubleValue\":" + number(value.getDoubleValue()) + "}";
            case ARRAY_VALUE ->
                "{\"arrayValue\":{\"values\":" + list(value.getArrayValue().getValuesList(), OtlpJsonPrinter::print)
                        + "}}";
            case KVLIST_VALUE ->
                "{\"kvlistValue\":{\"values\":" + list(value.getKvlistValue().getValuesList(), OtlpJsonPrinter::print)
                        + "}}";
            case BYTES_VALUE ->
                "{\"bytesValue\":\""
                        + Base64.getEncoder()
                                .encodeToString(value.getBytesValue().toByteArray()) + "\"}";
            default -> "{}";
        };
    }

    private static String number(double value) {
        return Double.isFinite(value) ? Double.toString(value) : "\"" + value + "\"";
    }

    private static <T> String list(List<T> elements, Function<T, String> printed) {
        return "[" + String.join(",", elements.stream().map(printed).toList()) + "]";
    }

    private static String hex(ByteString bytes) {
        return "\"" + HexFormat.of().formatHex(bytes.toByteArray()) + "\"";
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char next : text.toCharArray()) {
            if (next < 0x20 || next == '"' || next == '\\') {
                quoted.append(String.format("\\u%04x", (int) next));
            } else {
                quoted.append(next);
            }
        }
        return quoted.append('"').toString();
    }
}
