package io.millrace.query.trace;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.github.luben.zstd.Zstd;
import com.google.protobuf.ByteString;
import io.millrace.schema.id.SpanId;
import io.millrace.schema.span.SpanKind;
import io.millrace.schema.span.SpanStatus;
import io.millrace.schema.wire.AnyValue;
import io.millrace.schema.wire.Body;
import io.millrace.schema.wire.BodyBlock;
import io.millrace.schema.wire.Event;
import io.millrace.schema.wire.KeyValue;
import io.millrace.schema.wire.Origin;
import io.millrace.schema.wire.PartialMessage;
import io.millrace.schema.wire.SpanBody;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Notes on spans, which add to bodies whatever came first. */
class PayloadNotesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Fact.Labels NO_LABELS = new Fact.Labels(
            null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null);
    /** Of the body that came whole. */
    private static final long WHOLE = 10;

    private enum Form {
        WHOLE,
        PART,
        NOTE
    }

    /** A message about span 1. */
    private record Sent(Form form, long id, long at, SpanBody said) {
        Body body() {
            Body.Builder body = Body.newBuilder()
                    .setSpanId(ByteString.copyFrom(new SpanId(0, 1, false).bytes()))
                    .setContentHash(form == Form.WHOLE ? WHOLE : id)
                    .setBody(said.toByteString());
            if (form != Form.WHOLE) {
                body.setPartial(PartialMessage.newBuilder()
                        .setAtNanos(at)
                        .setNote(form == Form.NOTE)
                        .setId(ByteString.copyFrom(new SpanId(0, id, true).bytes())));
            }
            return body.build();
        }
    }

    private static Sent whole(SpanBody.Builder said) {
        return new Sent(Form.WHOLE, 0, 0, said.build());
    }

    private static Sent note(long id, long at, SpanBody.Builder said) {
        return new Sent(Form.NOTE, id, at, said.build());
    }

    private static SpanBody.Builder asked(String input) {
        return SpanBody.newBuilder().setInput(input);
    }

    private static SpanBody read(Sent... sent) {
        return read(List.of(sent), new Random(0));
    }

    private static SpanBody read(List<Sent> sent, Random random) {
        List<byte[]> blocks = new ArrayList<>();
        BodyBlock.Builder block = BodyBlock.newBuilder();
        for (Sent each : sent) {
            block.addBodies(each.body());
            if (random.nextInt(3) == 0) {
                blocks.add(Zstd.compress(block.build().toByteArray()));
                block.clear();
            }
        }
        blocks.add(Zstd.compress(block.build().toByteArray()));
        return read(blocks).body();
    }

    private static Payloads.Payload read(List<byte[]> blocks) {
        Fact fact = new Fact(
                new SpanId(0, 1, false),
                null,
                "s",
                SpanKind.SPAN,
                SpanStatus.OK,
                0,
                1,
                Instant.EPOCH,
                WHOLE,
                0,
                false,
                false,
                null,
                null,
                null,
                null,
                1,
                NO_LABELS,
                List.of());
        return Payloads.of(blocks, List.of(fact)).of(fact).orElseThrow();
    }

    @Test
    void messagesStandInTheOrderInWhichTheyWereSaid() {
        SpanBody body = read(
                note(2, 5, asked("[{\"role\":\"user\"}]")),
                note(9, 7, SpanBody.newBuilder().setOutput("[{\"role\":\"assistant\"}]")),
                note(1, 5, asked("[{\"role\":\"system\"}]")),
                whole(SpanBody.newBuilder().setLevel("INFO")),
                note(3, 4, asked(" [ ] ")),
                note(2, 5, asked("[{\"role\":\"user\"}]")));

        assertThat(body.getInput()).isEqualTo("[{\"role\":\"system\"},{\"role\":\"user\"}]");
        assertThat(body.getOutput()).isEqualTo("[{\"role\":\"assistant\"}]");
        assertThat(body.getLevel()).isEqualTo("INFO");
    }

    @Test
    void whatTheSpanSaysItselfCounts() {
        SpanBody body = read(
                note(1, 1, asked("from the log").setOutput("from the log").addAttributes(attribute("a", "log"))),
                whole(asked("its own").addAttributes(attribute("a", "own"))));

        assertThat(body.getInput()).isEqualTo("its own");
        assertThat(body.getOutput()).isEqualTo("from the log");
        assertThat(body.getAttributesList()).containsExactly(attribute("a", "own"));
    }

    @Test
    void aSpanThatCameWholeHasWhatItsPartsSayBesideIt() {
        Event feedback = Event.newBuilder().setName("feedback").build();
        SpanBody body = read(
                new Sent(Form.PART, 1, 1, asked("part").addEvents(feedback).build()),
                whole(asked("whole").setOutput("out")));

        assertThat(body)
                .isEqualTo(asked("whole").setOutput("out").addEvents(feedback).build());
    }

    @Test
    void aSpanHasItsOwnEventsAsItSaidThem() {
        Event token = Event.newBuilder().setName("token").build();
        Event score = Event.newBuilder().setName("score").build();
        SpanBody body = read(
                whole(SpanBody.newBuilder().addEvents(token).addEvents(token)),
                new Sent(Form.PART, 1, 1, SpanBody.newBuilder().addEvents(token).build()),
                note(2, 2, SpanBody.newBuilder().addEvents(score).addEvents(token)),
                note(3, 3, SpanBody.newBuilder().addEvents(score)));

        assertThat(body.getEventsList()).containsExactly(token, token, score);
    }

    @Test
    void anOriginIsNotTheNotes() {
        Body note = note(1, 1, asked("a")).body().toBuilder()
                .setOrigin(Origin.newBuilder().setScopeName("log"))
                .build();
        Body whole = whole(SpanBody.newBuilder()).body().toBuilder()
                .setOriginIndex(1)
                .setOrigin(Origin.newBuilder().setScopeName("span"))
                .build();
        BodyBlock.Builder block = BodyBlock.newBuilder().addBodies(note).addBodies(whole);
        Payloads.Payload read = read(List.of(Zstd.compress(block.build().toByteArray())));

        assertThat(read.origin().getScopeName()).isEqualTo("span");
        assertThat(read.body().getInput()).isEqualTo("a");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            nullValues = "-",
            value = {
                "one | - | one",
                "[1] | - | [1]",
                "[1] | [2, 3] | [1,2, 3]",
                "[] | [2] | [2]",
                "{\"a\":1} | [2] | [{\"a\":1},2]",
                "say \"hi\" | [2] | [\"say \\\"hi\\\"\",2]",
                "[1 | [2] | [\"[1\",2]",
                "[1],[2] | 7 | [\"[1],[2]\",\"7\"]",
            })
    void textsBecomeOneList(String one, String other, String expected) {
        List<String> texts = other == null ? List.of(one) : List.of(one, other);

        assertThat(MessageList.joined(texts)).isEqualTo(expected);
    }

    @Test
    void anyOrderAnyRepetitionAndAnySplitGiveWhatTheSecondImplementationDoes() throws Exception {
        for (int seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            List<Sent> sent = new ArrayList<>();
            if (random.nextInt(3) > 0) {
                sent.add(whole(anything(random)));
            }
            for (int i = random.nextInt(3); i > 0; i--) {
                sent.add(new Sent(
                        Form.PART, i, random.nextInt(3), anything(random).build()));
            }
            for (int i = 1 + random.nextInt(5); i > 0; i--) {
                sent.add(note(100 + i, random.nextInt(3), anything(random)));
            }
            SpanBody body = null;
            for (int order = 0; order < 4; order++) {
                List<Sent> shuffled = new ArrayList<>(sent);
                for (int again = random.nextInt(4); again > 0; again--) {
                    shuffled.add(sent.get(random.nextInt(sent.size())));
                }
                Collections.shuffle(shuffled, random);
                SpanBody read = read(shuffled, random);
                assertThat(body == null ? read : body).as("seed %d", seed).isEqualTo(read);
                body = read;
            }
            assertIsSecondImplementation(sent, body);
        }
    }

    /** Straight from the rules: the body that came whole, else the last part that says it, else what the notes say. */
    private static void assertIsSecondImplementation(List<Sent> sent, SpanBody body) throws Exception {
        List<Sent> byRank = new ArrayList<>();
        for (Form form : List.of(Form.WHOLE, Form.PART)) {
            sent.stream()
                    .filter(each -> each.form() == form)
                    .sorted(Comparator.comparingLong(Sent::at)
                            .thenComparing(Sent::id)
                            .reversed())
                    .forEach(byRank::add);
        }
        List<Sent> notes = sent.stream()
                .filter(each -> each.form() == Form.NOTE)
                .sorted(Comparator.comparingLong(Sent::at).thenComparing(Sent::id))
                .toList();
        assertText(byRank, notes, SpanBody::getInput, body.getInput());
        assertText(byRank, notes, SpanBody::getOutput, body.getOutput());
        Map<String, KeyValue> attributes = new TreeMap<>();
        Set<Event> events = new HashSet<>();
        List<Sent> all = new ArrayList<>(byRank);
        all.addAll(notes);
        for (Sent each : all) {
            each.said().getAttributesList().forEach(attribute -> attributes.putIfAbsent(attribute.getKey(), attribute));
            events.addAll(each.said().getEventsList());
        }
        assertThat(body.getAttributesList()).containsExactlyInAnyOrderElementsOf(attributes.values());
        assertThat(body.getEventsList()).containsExactlyInAnyOrderElementsOf(events);
        assertThat(body.getLevel())
                .isEqualTo(byRank.stream()
                        .map(each -> each.said().getLevel())
                        .filter(level -> !level.isEmpty())
                        .findFirst()
                        .orElse(""));
    }

    private static void assertText(List<Sent> byRank, List<Sent> notes, Function<SpanBody, String> field, String actual)
            throws Exception {
        String own = byRank.stream()
                .map(Sent::said)
                .map(field)
                .filter(text -> !text.isEmpty())
                .findFirst()
                .orElse("");
        if (!own.isEmpty()) {
            assertThat(actual).isEqualTo(own);
            return;
        }
        List<String> texts = notes.stream()
                .map(Sent::said)
                .map(field)
                .filter(text -> !text.isEmpty())
                .toList();
        if (texts.size() < 2) {
            assertThat(actual).isEqualTo(String.join("", texts));
            return;
        }
        ArrayNode messages = JSON.createArrayNode();
        for (String text : texts) {
            JsonNode node = parsed(text);
            if (node.isArray()) {
                node.forEach(messages::add);
            } else {
                messages.add(node);
            }
        }
        assertThat(JSON.readTree(actual)).isEqualTo(messages);
    }

    private static JsonNode parsed(String text) {
        try {
            JsonNode node = JSON.readTree(text);
            return node.isContainerNode() ? node : JSON.getNodeFactory().textNode(text);
        } catch (JsonProcessingException notJson) {
            return JSON.getNodeFactory().textNode(text);
        }
    }

    private static SpanBody.Builder anything(Random random) {
        List<String> texts = Arrays.asList(
                "", "", "[{\"role\":\"user\",\"content\":\"a]\"}]", "[]", "{\"a\":[1,2]}", "plain \"text\"", "[1", "7");
        SpanBody.Builder body = SpanBody.newBuilder()
                .setInput(texts.get(random.nextInt(texts.size())))
                .setOutput(texts.get(random.nextInt(texts.size())));
        if (random.nextInt(3) == 0) {
            body.addAttributes(attribute("k" + random.nextInt(3), "v" + random.nextInt(9)));
        }
        if (random.nextInt(3) == 0) {
            body.addEvents(Event.newBuilder().setName("e" + random.nextInt(3)));
        }
        return random.nextInt(4) == 0 ? body.setLevel("l" + random.nextInt(3)) : body;
    }

    private static KeyValue attribute(String key, String value) {
        return KeyValue.newBuilder()
                .setKey(key)
                .setValue(AnyValue.newBuilder().setStringValue(value))
                .build();
    }
}
