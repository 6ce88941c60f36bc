package io.millrace.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DocsIT {
    private static final Api API = Api.shared();
    private static final Pattern PART = Pattern.compile("(?:src|href)=\"([^\"]+)\"");

    @ParameterizedTest
    @CsvSource({
        "/docs, text/html; charset=utf-8",
        "/docs/docs.js, text/javascript; charset=utf-8",
        "/docs/docs.css, text/css; charset=utf-8",
    })
    void servesThePageWithoutAKeyAndForbidsItEverythingElse(String path, String contentType) throws Exception {
        HttpResponse<String> answer = get(path);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("content-type")).contains(contentType);
        assertThat(answer.headers().firstValue("content-security-policy"))
                .hasValueSatisfying(policy ->
                        assertThat(policy).startsWith("default-src 'self';").doesNotContain("unsafe"));
        assertThat(answer.body()).doesNotContain("http://", "https://", "innerHTML", "eval(");
    }

    @Test
    void everyPartOfThePageIsServedHereAndNoScriptIsInIt() throws Exception {
        String page = get("/docs").body();

        assertThat(page).doesNotContain(" style=", " onload=").doesNotContainPattern("<script(?![^>]* src=)");
        assertThat(PART.matcher(page).results().map(part -> part.group(1)))
                .isNotEmpty()
                .allSatisfy(part -> assertThat(get(part).statusCode()).as(part).isEqualTo(200));
    }

    private static HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return HttpClient.newHttpClient().send(API.request(path).build(), HttpResponse.BodyHandlers.ofString());
    }
}
