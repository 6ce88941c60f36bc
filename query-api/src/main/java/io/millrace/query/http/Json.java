package io.millrace.query.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Answers as JSON, written straight to bytes; and how the API spells money, times and durations. */
public final class Json {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
            .build();
    private static final int PICO_DIGITS = 12;
    private static final int NANO_TO_MILLI_DIGITS = 6;

    private Json() {}

    /** Writes one answer. */
    @FunctionalInterface
    public interface Writer {
        void write(JsonGenerator out) throws IOException;
    }

    public static byte[] write(Writer writer) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
        try (JsonGenerator out = FACTORY.createGenerator(bytes)) {
            writer.write(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** Money: dollars as a decimal text, null where unknown. */
    public static @Nullable String usd(@Nullable BigInteger pico) {
        return pico == null ? null : plain(new BigDecimal(pico, PICO_DIGITS)).toPlainString();
    }

    /** Milliseconds, with as many digits as the nanoseconds need. */
    public static BigDecimal millis(long nanos) {
        return plain(BigDecimal.valueOf(nanos, NANO_TO_MILLI_DIGITS));
    }

    private static BigDecimal plain(BigDecimal value) {
        BigDecimal stripped = value.stripTrailingZeros();
        return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
    }

    public static void text(JsonGenerator out, String name, @Nullable String value) throws IOException {
        out.writeFieldName(name);
        if (value == null || value.isEmpty()) {
            out.writeNull();
        } else {
            out.writeString(value);
        }
    }

    public static void millis(JsonGenerator out, String name, @Nullable Long nanos) throws IOException {
        out.writeFieldName(name);
        if (nanos == null) {
            out.writeNull();
        } else {
            out.writeNumber(millis(nanos));
        }
    }

    /** Null for what is no finite number, which JSON cannot say. */
    public static void number(JsonGenerator out, String name, double value) throws IOException {
        out.writeFieldName(name);
        if (Double.isFinite(value)) {
            out.writeNumber(value);
        } else {
            out.writeNull();
        }
    }

    public static void time(JsonGenerator out, String name, @Nullable Instant value) throws IOException {
        text(out, name, value == null ? null : Times.format(value));
    }

    public static void texts(JsonGenerator out, String name, List<String> values) throws IOException {
        out.writeArrayFieldStart(name);
        for (String value : values) {
            out.writeString(value);
        }
        out.writeEndArray();
    }

    public static void counts(JsonGenerator out, String name, Map<String, Long> counts) throws IOException {
        out.writeObjectFieldStart(name);
        for (Map.Entry<String, Long> entry : counts.entrySet()) {
            out.writeNumberField(entry.getKey(), entry.getValue());
        }
        out.writeEndObject();
    }
}
