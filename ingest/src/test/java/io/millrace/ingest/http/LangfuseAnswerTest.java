package io.millrace.ingest.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LangfuseAnswerTest {
    /** A client gives a batch up at an answer that is no JSON, and at a 429 some of them do as well. */
    @ParameterizedTest
    @EnumSource(Failure.class)
    void everyFailureIsJsonAndSaysWhetherToComeAgain(Failure failure) {
        Answer answer = LangfuseAnswer.refused(failure.because("a \"reason\""));

        assertThat(answer.contentType()).isEqualTo("application/json");
        assertThat(answer.status()).isEqualTo(failure.status()).isNotEqualTo(429);
        assertThat(answer.retryAfterSeconds()).isEqualTo(answer.status() == 503 ? 1 : 0);
        JsonObject body = answer.body().toJsonObject();
        assertThat(body.getString("message")).isEqualTo(failure.title() + ": a \"reason\"");
        assertThat(body.getString("error")).isEqualTo(failure.code());
        assertThat(body.getJsonArray("errors")).isEmpty();
    }
}
