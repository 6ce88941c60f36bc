package io.millrace.ingest.langfuse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.ingest.privacy.Masking;
import io.millrace.ingest.span.BodySampling;
import io.millrace.ingest.span.DecodedRequest;
import io.millrace.ingest.span.LargePayloads;
import io.millrace.ingest.span.MalformedEnvelope;
import io.millrace.ingest.span.RequestContext;
import io.millrace.ingest.span.SpanLimits;
import io.millrace.schema.wire.BlobReference;
import io.millrace.schema.wire.SpanMessage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A file is announced, gets a ticket, and comes. The bytes are those of FIPS 180-2's vector, "abc". */
class MediaUploadTest {
    private static final RequestContext CONTEXT =
            DecodedRequest.context(SpanLimits.DEFAULT, Masking.NONE, BodySampling.ALL, LargePayloads.DEFAULT);
    private static final byte[] ABC = "abc".getBytes(StandardCharsets.US_ASCII);
    private static final String ANNOUNCED = """
            {"traceId": "0af7651916cd43dd8448eb211c80319c", "observationId": "b7ad6b7169203331", "field": "input",
             "contentType": "image/png", "contentLength": 3,
             "sha256Hash": "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="}""";

    private final MediaTickets tickets = new MediaTickets("a key of the tests".getBytes(StandardCharsets.US_ASCII));

    @Test
    void theMediaIdIsTheOneThatSdksMakeOfTheHash() throws MalformedEnvelope {
        // When
        MediaUpload upload = read(ANNOUNCED);

        // Then
        assertThat(upload.mediaId()).isEqualTo("ungWv48Bz-pBQUDeXa4iI7");
    }

    @Test
    void theObservationRefersToTheFile() throws MalformedEnvelope {
        // When
        DecodedRequest decoded = new DecodedRequest(read(ANNOUNCED).decode(ABC, 3, CONTEXT));

        // Then
        DecodedRequest.Span note = decoded.only();
        assertThat(note.traceId()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
        assertThat(note.spanId()).isEqualTo("b7ad6b7169203331");
        assertThat(note.message().getPartial().getNote()).isTrue();
        BlobReference file = note.body().getAttachments(0);
        assertThat(file.getName()).isEqualTo("ungWv48Bz-pBQUDeXa4iI7");
        assertThat(file.getMediaType()).isEqualTo("image/png");
        assertThat(file.getBytes()).isEqualTo(3);
        assertThat(decoded.request().blobs().get(0).bytes()).isEqualTo(ABC);
    }

    @Test
    void withoutAnObservationItIsTheTraces() throws MalformedEnvelope {
        // Given
        String ofTrace = ANNOUNCED.replace("\"b7ad6b7169203331\"", "null");

        // When
        DecodedRequest decoded = new DecodedRequest(read(ofTrace).decode(ABC, 3, CONTEXT));

        // Then
        assertThat(decoded.only().message().getSpanId().isEmpty()).isTrue();
        assertThat(decoded.only().body().getAttachmentsCount()).isEqualTo(1);
    }

    @Test
    void theSameUploadAgainIsTheSameMessage() throws MalformedEnvelope {
        // Given
        MediaUpload upload = read(ANNOUNCED);

        // When
        DecodedRequest one = new DecodedRequest(upload.decode(ABC, 3, CONTEXT));
        DecodedRequest again = new DecodedRequest(upload.decode(ABC, 3, CONTEXT));

        // Then
        assertThat(again.only().message()).isEqualTo(one.only().message());
    }

    @Test
    void announcedAgainOnAnotherDayItIsTheSameFact() throws MalformedEnvelope {
        // Given
        MediaUpload upload = read(ANNOUNCED);
        MediaUpload another = read(ANNOUNCED.replace("image/png", "image/gif"));

        // When
        SpanMessage once = message(upload);
        SpanMessage again = message(later(upload, Duration.ofDays(1)));
        SpanMessage other = message(another);

        // Then
        assertThat(again.getPartial().getAtNanos())
                .isGreaterThan(once.getPartial().getAtNanos());
        assertThat(again.getPartial().getId()).isEqualTo(once.getPartial().getId());
        assertThat(again.getContentHash()).isEqualTo(once.getContentHash());
        assertThat(other.getContentHash()).isNotEqualTo(once.getContentHash());
    }

    private static MediaUpload later(MediaUpload upload, Duration by) {
        return new MediaUpload(
                upload.project(),
                upload.traceId(),
                upload.observationId(),
                upload.contentType(),
                upload.contentLength(),
                upload.sha256(),
                upload.announcedAtMillis() + by.toMillis());
    }

    private static SpanMessage message(MediaUpload upload) throws MalformedEnvelope {
        return new DecodedRequest(upload.decode(ABC, 3, CONTEXT)).only().message();
    }

    @Test
    void otherBytesThanWereAnnouncedAreRefused() throws MalformedEnvelope {
        // Given
        MediaUpload upload = read(ANNOUNCED);

        // When
        // Then
        assertThatThrownBy(() -> upload.decode("abd".getBytes(StandardCharsets.US_ASCII), 3, CONTEXT))
                .isInstanceOf(MalformedEnvelope.class);
        assertThatThrownBy(() -> upload.decode("abcd".getBytes(StandardCharsets.US_ASCII), 4, CONTEXT))
                .isInstanceOf(MalformedEnvelope.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "{",
                "{}",
                "{\"contentLength\": {\"a\": [1]}, \"traceId\": [{}]}",
                "{\"contentLength\": 99999999999}",
                "{\"traceId\": \"t\", \"contentType\": \"image/png\", \"contentLength\": 3}",
                "{\"traceId\": \"t\", \"contentType\": \"x\", \"contentLength\": 3, \"sha256Hash\": \"ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=\"}",
                "{\"traceId\": \"t\", \"contentType\": \"a/b\", \"contentLength\": 0, \"sha256Hash\": \"ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=\"}",
                "{\"traceId\": \"t\", \"contentType\": \"a/b\", \"contentLength\": 9999, \"sha256Hash\": \"ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=\"}",
                "{\"traceId\": \"t\", \"contentType\": \"a/b\", \"contentLength\": 3, \"sha256Hash\": \"AAAA\"}"
            })
    void whatAnnouncesNoFileIsRefused(String body) {
        // When
        // Then
        assertThatThrownBy(() -> read(body)).isInstanceOf(MalformedEnvelope.class);
    }

    @Test
    void aTicketSaysWhatWasAnnouncedForAnHour() throws MalformedEnvelope {
        // Given
        MediaUpload upload = read(ANNOUNCED);
        String ticket = tickets.of(upload);
        long now = CONTEXT.receivedAtMillis();

        // When
        Optional<MediaUpload> read =
                tickets.read(ticket, now + Duration.ofMinutes(60).toMillis());

        // Then
        assertThat(read).contains(upload);
        assertThat(tickets.read(ticket, now + Duration.ofMinutes(61).toMillis()))
                .isEmpty();
    }

    @Test
    void aTicketOfAnotherKeyOrOneThatWasChangedIsNone() throws MalformedEnvelope {
        // Given
        String ticket = tickets.of(read(ANNOUNCED));
        long now = CONTEXT.receivedAtMillis();
        MediaTickets others = new MediaTickets("another key of tests".getBytes(StandardCharsets.US_ASCII));

        // When
        // Then
        assertThat(others.read(ticket, now)).isEmpty();
        for (int i = 0; i < ticket.length() - 1; i++) {
            char other = ticket.charAt(i) == 'A' ? 'B' : 'A';
            assertThat(tickets.read(ticket.substring(0, i) + other + ticket.substring(i + 1), now))
                    .as("changed at " + i)
                    .isEmpty();
        }
        assertThat(tickets.read("", now)).isEmpty();
        assertThat(tickets.read("AAAA", now)).isEmpty();
        assertThat(tickets.read("no base64!", now)).isEmpty();
    }

    private static MediaUpload read(String body) throws MalformedEnvelope {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return MediaUpload.read(bytes, bytes.length, 1_000, CONTEXT);
    }
}
