package io.millrace.query.trace;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import com.google.protobuf.ByteString;
import io.millrace.schema.blob.BlobId;
import io.millrace.schema.id.SpanId;
import io.millrace.schema.span.Mark;
import io.millrace.schema.span.SpanKind;
import io.millrace.schema.span.SpanStatus;
import io.millrace.schema.wire.AnyValue;
import io.millrace.schema.wire.BlobReference;
import io.millrace.schema.wire.Body;
import io.millrace.schema.wire.BodyBlock;
import io.millrace.schema.wire.Event;
import io.millrace.schema.wire.KeyValue;
import io.millrace.schema.wire.Origin;
import io.millrace.schema.wire.PartialMessage;
import io.millrace.schema.wire.SpanBody;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PayloadsTest {
    private static final Fact.Labels NO_LABELS = new Fact.Labels(
            null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null);

    private static Fact fact(long id, long hash) {
        return fact(id, hash, 0);
    }

    private static Fact fact(long id, long hash, int marks) {
        return new Fact(
                new SpanId(0, id, false),
                null,
                "s",
                SpanKind.SPAN,
                SpanStatus.OK,
                0,
                1,
                Instant.EPOCH,
                hash,
                marks,
                false,
                false,
                null,
                null,
                null,
                null,
                1,
                NO_LABELS,
                List.of());
    }

    private static Body.Builder body(long id, long hash, String input) {
        return Body.newBuilder()
                .setSpanId(ByteString.copyFrom(new SpanId(0, id, false).bytes()))
                .setContentHash(hash)
                .setBody(SpanBody.newBuilder().setInput(input).build().toByteString());
    }

    private static byte[] block(Body.Builder... bodies) {
        BodyBlock.Builder block = BodyBlock.newBuilder();
        for (Body.Builder body : bodies) {
            block.addBodies(body);
        }
        return Zstd.compress(block.build().toByteArray());
    }

    private static Payloads read(List<byte[]> blocks) {
        return Payloads.of(blocks, List.of());
    }

    private static String input(Payloads payloads, Fact fact) {
        return payloads.of(fact).orElseThrow().body().getInput();
    }

    @Test
    void prefersTheFactsOwnContentOverTheLast() {
        var payloads = read(List.of(block(body(1, 10, "own")), block(body(1, 11, "last"))));

        assertThat(input(payloads, fact(1, 10))).isEqualTo("own");
        assertThat(input(payloads, fact(1, 99))).isEqualTo("last");
        assertThat(payloads.of(fact(2, 10))).isEmpty();
        assertThat(payloads.isTruncated()).isFalse();
    }

    /** A body of a span that is sent in parts; {@code id} 0 means the trace itself. */
    private static Body.Builder part(long id, long message, long at, SpanBody.Builder said) {
        return Body.newBuilder()
                .setSpanId(id == 0 ? ByteString.EMPTY : ByteString.copyFrom(new SpanId(0, id, false).bytes()))
                .setContentHash(message)
                .setBody(said.build().toByteString())
                .setPartial(PartialMessage.newBuilder()
                        .setAtNanos(at)
                        .setUpdate(message > 1)
                        .setId(ByteString.copyFrom(new SpanId(0, message, true).bytes())));
    }

    private static KeyValue attribute(String key, String value) {
        return KeyValue.newBuilder()
                .setKey(key)
                .setValue(AnyValue.newBuilder().setStringValue(value))
                .build();
    }

    @Test
    void aPayloadThatMaskingDropsIsDroppedOfAllMessagesOfItsSpan() {
        BlobReference file = reference("20261122-" + "d".repeat(64));
        BlobReference shared = reference("20261122-" + "e".repeat(64));
        SpanBody.Builder dropped = SpanBody.newBuilder().setLevel("INFO").setPayloadDropped(true);
        List<Body.Builder> sent = new ArrayList<>(List.of(
                part(1, 1, 10, body("secret", "in").setStatusMessage("of it").addAttachments(file)),
                part(1, 2, 20, dropped),
                part(1, 3, 30, body("", "out").addAttachments(shared).addAttributes(attribute("a", "secret"))),
                body(2, 20, "whole"),
                part(2, 4, 10, dropped),
                part(3, 5, 10, body("kept", "out").addAttachments(shared)),
                part(0, 6, 10, body("of the trace", ""))));
        Random random = new Random(5);
        for (int i = 0; i < 20; i++) {
            Collections.shuffle(sent, random);
            var payloads = read(List.of(block(sent.toArray(Body.Builder[]::new))));

            SpanBody onlyWhatIsNoPayload = SpanBody.newBuilder()
                    .setLevel("INFO")
                    .setPayloadDropped(true)
                    .build();
            assertThat(payloads.of(fact(1, 0)).orElseThrow().body()).isEqualTo(onlyWhatIsNoPayload);
            assertThat(payloads.of(fact(2, 20)).orElseThrow().body()).isEqualTo(onlyWhatIsNoPayload);
            assertThat(payloads.reference(BlobId.parse(file.getId()))).isEmpty();
            assertThat(payloads.reference(BlobId.parse(shared.getId()))).contains(shared);
            assertThat(input(payloads, fact(3, 0))).isEqualTo("kept");
            assertThat(payloads.ofTrace().getInput()).isEqualTo("of the trace");
        }
    }

    /** What says that a payload is dropped may be in what was left out. */
    @Test
    void nothingIsShownOfMaskedSpansWhereBodiesAreMissing() {
        BlobReference file = reference("20261122-" + "d".repeat(64));
        byte[] block =
                block(body(1, 10, "masked"), part(1, 1, 5, body("", "").addAttachments(file)), body(2, 20, "plain"));
        Fact masked = fact(1, 10, Mark.MASKED.bit());
        Fact plain = fact(2, 20);

        var all = Payloads.of(List.of(block), List.of(masked, plain));
        var some = Payloads.of(List.of(block, new byte[0]), List.of(masked, plain));

        assertThat(input(all, masked)).isEqualTo("masked");
        assertThat(all.reference(BlobId.parse(file.getId()))).contains(file);
        assertThat(input(some, masked)).isEmpty();
        assertThat(some.reference(BlobId.parse(file.getId()))).isEmpty();
        assertThat(input(some, plain)).isEqualTo("plain");
    }

    @Test
    void aTextTakesTheReferenceToAllOfItAlongAndFilesAddUp() {
        BlobReference large = reference("20261122-" + "a".repeat(64));
        BlobReference one = reference("20261122-" + "b".repeat(64));
        BlobReference two = reference("20261122-" + "c".repeat(64));
        List<Body.Builder> parts = List.of(
                part(1, 1, 10, body("beginning", "").setInputBlob(large).addAttachments(one)),
                part(1, 2, 20, body("short", "").addAttachments(two).addAttachments(one)),
                part(2, 3, 10, body("short", "")),
                part(2, 4, 20, body("beginning", "").setInputBlob(large)),
                part(2, 5, 30, body("", "out")));

        var payloads = read(List.of(block(parts.toArray(Body.Builder[]::new))));

        SpanBody shortLast = payloads.of(fact(1, 0)).orElseThrow().body();
        assertThat(shortLast.getInput()).isEqualTo("short");
        assertThat(shortLast.hasInputBlob()).isFalse();
        assertThat(shortLast.getAttachmentsList()).containsExactly(one, two);
        SpanBody longLast = payloads.of(fact(2, 0)).orElseThrow().body();
        assertThat(longLast.getInput()).isEqualTo("beginning");
        assertThat(longLast.getInputBlob()).isEqualTo(large);
        assertThat(payloads.reference(BlobId.parse(large.getId()))).contains(large);
        assertThat(payloads.reference(BlobId.parse("20261123-" + "a".repeat(64))))
                .isEmpty();
    }

    private static BlobReference reference(String id) {
        return BlobReference.newBuilder().setId(id).setBytes(7).build();
    }

    @Test
    void putsPartsTogetherWhateverTheirOrder() {
        Event event = Event.newBuilder().setName("e").setTimeUnixNano(5).build();
        List<Body.Builder> parts = List.of(
                part(1, 1, 10, body("in", "").addAttributes(attribute("a", "1")).addAttributes(attribute("b", "1"))),
                part(
                        1,
                        2,
                        10,
                        body("", "first").addAttributes(attribute("b", "2")).addEvents(event)),
                part(
                        1,
                        3,
                        12,
                        body("", "last")
                                .addEvents(event)
                                .addFinishReasons("stop")
                                .setLevel("ERROR")),
                part(1, 4, 13, SpanBody.newBuilder().setStreaming(true)));
        SpanBody expected = body("in", "last")
                .addAttributes(attribute("a", "1"))
                .addAttributes(attribute("b", "2"))
                .addEvents(event)
                .addFinishReasons("stop")
                .setLevel("ERROR")
                .setStreaming(true)
                .build();
        Random random = new Random(1);
        for (int order = 0; order < 50; order++) {
            List<Body.Builder> sent = new ArrayList<>(parts);
            sent.add(parts.get(random.nextInt(parts.size())));
            Collections.shuffle(sent, random);
            int cut = random.nextInt(sent.size());
            Payloads payloads = read(List.of(
                    block(sent.subList(0, cut).toArray(Body.Builder[]::new)),
                    block(sent.subList(cut, sent.size()).toArray(Body.Builder[]::new))));

            assertThat(payloads.of(fact(1, 99)).orElseThrow().body()).isEqualTo(expected);
        }
    }

    private static SpanBody.Builder body(String input, String output) {
        return SpanBody.newBuilder().setInput(input).setOutput(output);
    }

    @Test
    void aBodyThatCameWholeStandsForASpanThatDid() {
        var payloads = read(List.of(block(part(1, 3, 10, body("part", "")), body(1, 10, "whole"))));

        assertThat(input(payloads, fact(1, 10))).isEqualTo("whole");
        assertThat(input(payloads, fact(1, 3))).isEqualTo("part");
    }

    @Test
    void keepsApartWhatIsSaidOfTheTraceItself() {
        var payloads = read(List.of(
                block(part(0, 2, 20, body("", "trace out")), body(1, 10, "span")),
                block(part(0, 1, 5, body("trace in", "early")))));

        assertThat(payloads.ofTrace()).isEqualTo(body("trace in", "trace out").build());
        assertThat(input(payloads, fact(1, 10))).isEqualTo("span");
        assertThat(payloads.isTruncated()).isFalse();
    }

    @Test
    void sharesAnOriginWithinItsBlockOnly() {
        var first = block(
                body(1, 1, "a").setOriginIndex(3).setOrigin(Origin.newBuilder().setScopeName("one")),
                body(2, 1, "b").setOriginIndex(3));
        var second = block(
                body(3, 1, "c").setOriginIndex(3).setOrigin(Origin.newBuilder().setScopeName("two")));

        var payloads = read(List.of(first, second));

        assertThat(List.of(1L, 2L, 3L))
                .extracting(
                        id -> payloads.of(fact(id, 1)).orElseThrow().origin().getScopeName())
                .containsExactly("one", "one", "two");
    }

    @Test
    void showsTheRestWhenABlockIsBroken() {
        var payloads = read(List.of(new byte[] {1, 2, 3}, block(body(1, 1, "whole")), new byte[0]));

        assertThat(input(payloads, fact(1, 1))).isEqualTo("whole");
        assertThat(payloads.isTruncated()).isTrue();
    }

    @Test
    void unpacksNoMoreThanItsLimit() {
        String large = "x".repeat(20 << 20);

        var payloads = read(List.of(block(body(1, 1, large)), block(body(2, 1, large)), block(body(3, 1, "s"))));

        assertThat(payloads.of(fact(1, 1))).isPresent();
        assertThat(payloads.of(fact(2, 1))).isEmpty();
        assertThat(payloads.of(fact(3, 1))).isPresent();
        assertThat(payloads.isTruncated()).isTrue();
    }
}
