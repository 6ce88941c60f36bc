package io.millrace.ingest.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.UnknownFieldSet;
import io.millrace.ingest.http.Failure;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class GrpcReplyTest {
    @ParameterizedTest
    @CsvSource({
        "MISSING_KEY, 16",
        "UNKNOWN_KEY, 16",
        "EXPIRED_KEY, 16",
        "MISSING_SCOPE, 7",
        "MALFORMED_BODY, 3",
        "UNKNOWN_PATH, 12",
        "TOO_LARGE, 3",
        "UNSUPPORTED_ENCODING, 12",
        "INTERNAL, 13",
        "NOT_READY, 14",
        "OVERLOADED, 14",
        "LOG_FULL, 14",
        "LOG_TIMEOUT, 14",
        "LOG_FAILED, 14",
        "DISK_LOW, 14",
    })
    void everyFailureHasItsStatus(Failure failure, int code) {
        assertThat(GrpcReply.refused(failure.because("")).code()).isEqualTo(code);
    }

    @ParameterizedTest
    @EnumSource
    void aClientIsToldWhenToComeAgainExactlyWhereThatHelps(Failure failure) throws Exception {
        GrpcReply reply = GrpcReply.refused(failure.because("in a moment"));

        assertThat(reply.code()).isNotEqualTo(8);
        assertThat(reply.details().isEmpty()).isEqualTo(reply.code() != 14);
        if (reply.code() == 14) {
            UnknownFieldSet status =
                    UnknownFieldSet.parseFrom(Base64.getDecoder().decode(reply.details()));
            assertThat(status.getField(1).getVarintList()).containsExactly(14L);
            assertThat(status.getField(2).getLengthDelimitedList())
                    .containsExactly(ByteString.copyFromUtf8(failure.title() + ": in a moment"));
            Any detail =
                    Any.parseFrom(status.getField(3).getLengthDelimitedList().get(0));
            assertThat(detail.getTypeUrl()).isEqualTo("type.googleapis.com/google.rpc.RetryInfo");
            UnknownFieldSet retry = UnknownFieldSet.parseFrom(detail.getValue());
            assertThat(Duration.parseFrom(
                                    retry.getField(1).getLengthDelimitedList().get(0))
                            .getSeconds())
                    .isBetween(1L, 3L);
        }
    }

    @Test
    void detailsHaveNoPadding() {
        assertThat(RetryDetails.base64(14, "a", 1) + RetryDetails.base64(14, "ab", 1))
                .doesNotContain("=");
    }

    @ParameterizedTest
    @CsvSource({
        "plain text!, plain text!",
        "100 %, 100 %25",
        "'a\nb', a%0Ab",
        "é~, %C3%A9~",
        "🚂, %F0%9F%9A%82",
    })
    void aMessageIsPercentEncoded(String text, String encoded) {
        assertThat(GrpcReply.percentEncoded(text)).isEqualTo(encoded);
    }

    @Test
    void aMessageTravelsInAFrame() {
        assertThat(GrpcReply.taken(new byte[] {7, 8}).message().getBytes()).containsExactly(0, 0, 0, 0, 2, 7, 8);
    }
}
