package io.millrace.schema.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.millrace.schema.span.SpanKind;
import io.millrace.schema.usage.TokenCount;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** What values a field takes, and how they are written in a native span. */
enum FieldShape {
    TEXT {
        @Override
        JsonNode of(JsonNode value) {
            return TextNode.valueOf(scalar(value));
        }
    },
    /** A text that names something; one of zeros names nothing. */
    ID {
        @Override
        JsonNode of(JsonNode value) {
            String id = scalar(value).strip();
            if (id.chars().allMatch(digit -> digit == '0' || digit == '-')) {
                throw new IllegalArgumentException("is no id");
            }
            return TextNode.valueOf(id);
        }
    },
    KIND {
        @Override
        JsonNode of(JsonNode value) {
            String label = scalar(value).toLowerCase(Locale.ROOT);
            for (SpanKind kind : SpanKind.values()) {
                if (kind.label().equals(label)) {
                    return TextNode.valueOf(label);
                }
            }
            throw new IllegalArgumentException("is no kind of span");
        }
    },
    STATUS {
        @Override
        JsonNode of(JsonNode value) {
            String label = scalar(value).toLowerCase(Locale.ROOT);
            if (!STATUSES.contains(label)) {
                throw new IllegalArgumentException("is none of unset, ok, error");
            }
            return TextNode.valueOf(label);
        }
    },
    /** RFC 3339, without an offset in UTC; or a number since the epoch, whose size says its unit. */
    TIME {
        @Override
        JsonNode of(JsonNode value) {
            String text = scalar(value).strip();
            if (text.length() > LONGEST_TIME) {
                throw new IllegalArgumentException("is no time");
            }
            try {
                long nanos = NUMBER.matcher(text).matches() ? sinceEpoch(decimal(text)) : nanos(instant(text));
                return TextNode.valueOf(Instant.ofEpochSecond(0, nanos).toString());
            } catch (DateTimeException | ArithmeticException notATime) {
                throw new IllegalArgumentException("is no time", notATime);
            }
        }
    },
    TOKENS {
        @Override
        JsonNode of(JsonNode value) {
            long count = TokenCount.of(scalar(value));
            if (count < 0) {
                throw new IllegalArgumentException("is no number of tokens");
            }
            return LongNode.valueOf(count);
        }
    },
    AMOUNT {
        @Override
        JsonNode of(JsonNode value) {
            String amount = scalar(value).strip();
            notNegative(amount);
            return TextNode.valueOf(amount);
        }
    },
    MILLIS {
        @Override
        JsonNode of(JsonNode value) {
            BigDecimal millis = notNegative(scalar(value).strip());
            if (millis.compareTo(MOST_MILLIS) > 0) {
                throw new IllegalArgumentException("is no duration");
            }
            return DecimalNode.valueOf(millis);
        }
    },
    FLAG {
        @Override
        JsonNode of(JsonNode value) {
            String text = scalar(value);
            if (!text.equals("true") && !text.equals("false")) {
                throw new IllegalArgumentException("is neither true nor false");
            }
            return BooleanNode.valueOf(text.equals("true"));
        }
    },
    /** A list of texts; one text is a list of it. */
    TEXTS {
        @Override
        JsonNode of(JsonNode value) {
            ArrayNode texts = JsonNodeFactory.instance.arrayNode();
            if (value.isArray()) {
                value.forEach(item -> texts.add(scalar(item)));
            } else {
                texts.add(scalar(value));
            }
            return texts;
        }
    },
    ANY {
        @Override
        JsonNode of(JsonNode value) {
            return value;
        }
    };

    private static final Set<String> STATUSES = Set.of("unset", "ok", "error");
    private static final BigDecimal MOST_MILLIS = BigDecimal.valueOf(Integer.MAX_VALUE);
    private static final int MOST_DIGITS = 30;
    private static final int LONGEST_TIME = 40;
    private static final Pattern NUMBER = Pattern.compile("[+-]?\\d+(\\.\\d+)?([eE][+-]?\\d+)?");
    /** What is less than this is in seconds: as such it is the year 5138, as milliseconds 1973. */
    private static final BigDecimal SECONDS_UNTIL = BigDecimal.valueOf(1, -11);

    private static final BigDecimal MILLIS_UNTIL = BigDecimal.valueOf(1, -14);
    private static final BigDecimal MICROS_UNTIL = BigDecimal.valueOf(1, -17);

    /**
     * The value as this writes it.
     *
     * @throws IllegalArgumentException when it cannot be one; the message has nothing of it
     */
    abstract JsonNode of(JsonNode value);

    private static String scalar(JsonNode value) {
        if (!value.isValueNode() || value.isNull()) {
            throw new IllegalArgumentException("is no single value");
        }
        return value.asText();
    }

    /** Bounded before anybody computes with it: {@code 1e999999999} is a short text and a very long number. */
    private static BigDecimal decimal(String text) {
        try {
            BigDecimal number = new BigDecimal(text.length() > MOST_DIGITS ? "" : text);
            if (Math.abs((long) number.scale()) > MOST_DIGITS) {
                throw new IllegalArgumentException("is no number of a size that makes sense");
            }
            return number;
        } catch (NumberFormatException notANumber) {
            throw new IllegalArgumentException("is no number", notANumber);
        }
    }

    private static BigDecimal notNegative(String text) {
        BigDecimal number = decimal(text);
        if (number.signum() < 0) {
            throw new IllegalArgumentException("is less than nothing");
        }
        return number;
    }

    private static long sinceEpoch(BigDecimal number) {
        if (number.signum() <= 0) {
            throw new IllegalArgumentException("is no time");
        }
        int nanoDigits = number.compareTo(SECONDS_UNTIL) < 0
                ? 9
                : number.compareTo(MILLIS_UNTIL) < 0 ? 6 : number.compareTo(MICROS_UNTIL) < 0 ? 3 : 0;
        return number.scaleByPowerOfTen(nanoDigits).toBigInteger().longValueExact();
    }

    private static Instant instant(String text) {
        int time = text.indexOf('T') + 1;
        boolean hasOffset = text.endsWith("Z") || text.indexOf('+') > 0 || time > 0 && text.indexOf('-', time) > 0;
        return hasOffset
                ? OffsetDateTime.parse(text).toInstant()
                : LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
    }

    private static long nanos(Instant time) {
        long nanos = Math.addExact(Math.multiplyExact(time.getEpochSecond(), 1_000_000_000L), time.getNano());
        if (nanos <= 0) {
            throw new IllegalArgumentException("is no time");
        }
        return nanos;
    }
}
