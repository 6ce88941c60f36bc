package io.millrace.ingest.langsmith;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.ingest.span.MalformedEnvelope;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MultipartBodyTest {
    private static final String HEAD = "Content-Disposition: form-data; name=\"a\"\r\n";

    private static List<String> parts(String body) throws MalformedEnvelope {
        // Something before and behind it, which is none of its business.
        byte[] bytes = ("xx" + body + "\r\n--b--").getBytes(StandardCharsets.ISO_8859_1);
        List<String> parts = new ArrayList<>();
        for (Part part : MultipartBody.parts(bytes, 2, bytes.length - 2 - 7, "b")) {
            parts.add(part.name() + "|" + part.mime() + "|"
                    + new String(bytes, part.from(), part.length(), StandardCharsets.ISO_8859_1));
        }
        return parts;
    }

    @Test
    void takesPartsApart() throws MalformedEnvelope {
        String body = "--b\r\n" + HEAD + "Content-Type: application/json; length=2\r\n\r\n{}\r\n"
                + "--b\r\ncontent-type: Image/PNG\r\nCONTENT-DISPOSITION: form-data; filename=\"name=x\"; name=c\r\n\r\n"
                + "\r\n\0\r\n\r\n--b--\r\n";

        assertThat(parts(body)).containsExactly("a|application/json|{}", "c|image/png|\r\n\0\r\n");
        assertThat(parts("--b--")).isEmpty();
        assertThat(parts("a preamble\r\n--b\r\n" + HEAD + "\r\nx\r\n--b--\r\nan epilogue"))
                .containsExactly("a||x");
        assertThat(parts("--b  \r\n\r\nx\r\n--b--")).containsExactly("||x");
        assertThat(parts("--b\r\n" + HEAD + "\r\n\r\n--b--")).containsExactly("a||");
    }

    @Test
    void aContentThatSaysItsLengthMayHoldTheBoundary() throws MalformedEnvelope {
        String content = "x\r\n--b\r\n" + HEAD + "\r\ny\r\n--b--";
        String type = "Content-Type: text/plain; length=" + content.length() + "\r\n\r\n";
        assertThat(parts("--b\r\n" + HEAD + type + content + "\r\n--b--")).containsExactly("a|text/plain|" + content);
        String header = "Content-Length: " + content.length() + "\r\n\r\n";
        assertThat(parts("--b\r\n" + HEAD + header + content + "\r\n--b--")).containsExactly("a||" + content);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "4", "99", "-1", "2147483647", "99999999999", "x", ""})
    void aLengthThatIsNotTrueIsNotBelieved(String length) throws MalformedEnvelope {
        String body = "--b\r\n" + HEAD + "Content-Length: " + length + "\r\n\r\nabc\r\n--b--";
        assertThat(parts(body)).containsExactly("a||abc");
    }

    @Test
    void whatOnlyBeginsLikeTheBoundaryIsContent() throws MalformedEnvelope {
        assertThat(parts("--b\r\n" + HEAD + "\r\nx\r\n--bc\r\n--\r\n-\r\n--b-\r\n--b--"))
                .containsExactly("a||x\r\n--bc\r\n--\r\n-\r\n--b-");
        assertThat(parts("--bc\r\n--b\r\n\r\nx\r\n--b--")).containsExactly("||x");
    }

    /** Padding without end would be read again for each part. */
    @Test
    void aBoundaryWithMuchBehindItIsContent() throws MalformedEnvelope {
        String padded = "--b\r\n\r\nxyz\r\n--b" + " ".repeat(17_000) + "\r\n";
        assertThatThrownBy(() -> parts(padded)).hasMessage("the body ends within a part");
        String blanks = "\r\n--b" + "\t ".repeat(MultipartBody.MOST_PADDING / 2);
        assertThat(parts("--b\r\n\r\nx" + blanks + "\r\n\r\ny\r\n--b--")).containsExactly("||x", "||y");
        assertThat(parts("--b\r\n\r\nx" + blanks + " \r\n\r\ny\r\n--b--"))
                .containsExactly("||x" + blanks + " \r\n\r\ny");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "--",
                "--b",
                "--b\r\n",
                "--b\r\nA: b",
                "--b\r\nA: b\r\n",
                "--b\r\nA: b\r\n\r\n",
                "--b\r\nA: b\r\n\r\nx",
                "--b\r\nA: b\r\n\r\nx\r\n--b",
                "--b\r\nA: b\r\n\r\nx\r\n--b-",
                "--b\r\nA: b\r\n\r\nx\r\n--b\r\n",
                "--c\r\nA: b\r\n\r\nx\r\n--c--"
            })
    void whatIsNotWholeIsRefused(String body) {
        assertThatThrownBy(() -> parts(body))
                .isInstanceOf(MalformedEnvelope.class)
                .hasMessageNotContaining("A: b");
    }

    @Test
    void headersWithoutEndAndPartsWithoutNumberAreRefused() {
        String headers = "A: b\r\n".repeat(3_000);
        assertThatThrownBy(() -> parts("--b\r\n" + headers + "\r\nx\r\n--b--")).isInstanceOf(MalformedEnvelope.class);
        assertThatThrownBy(() -> parts("--b\r\nA: " + "b".repeat(20_000) + "\r\n\r\nx\r\n--b--"))
                .isInstanceOf(MalformedEnvelope.class);
        String many = "--b\r\n\r\n\r\n".repeat(MultipartBody.MOST_PARTS + 1);
        assertThatThrownBy(() -> parts(many + "--b--")).hasMessageContaining("parts");
    }

    /** Bytes at random, and among them the boundary. */
    @Test
    void partsAreWhatWasWritten() throws MalformedEnvelope {
        Random random = new Random(5);
        String[] bits = {"\r\n", "--", "b", "\r", "\n", "-", "\r\n--b", "x", "\u00ff", "\r\n--b--"};
        for (int round = 0; round < 5_000; round++) {
            StringBuilder body = new StringBuilder();
            List<String> expected = new ArrayList<>();
            for (int part = random.nextInt(4); part >= 0; part--) {
                StringBuilder content = new StringBuilder();
                for (int bit = random.nextInt(8); bit > 0; bit--) {
                    content.append(bits[random.nextInt(bits.length)]);
                }
                body.append("--b\r\nContent-Length: ").append(content.length()).append("\r\n\r\n");
                body.append(content).append("\r\n");
                expected.add("||" + content);
            }
            assertThat(parts(body + "--b--")).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            delimiter = '|',
            value = {
                "multipart/form-data; boundary=----LangSmithFormBoundary8wy443o1kxl | ----LangSmithFormBoundary8wy443o1kxl",
                "multipart/form-data; charset=utf-8; Boundary=\"a b;c\" | a b;c",
                "multipart/form-data;boundary=abc;x=y | abc",
                "multipart/form-data; boundary=\"a\\\"b\" | a\"b",
                "multipart/form-data; boundary= | -",
                "multipart/form-data; boundary | -",
                "multipart/form-data; xboundary=a | -",
                "multipart/form-data | -",
                "multipart/form-data; boundary=\"abc | abc",
                "- | -"
            })
    void findsTheBoundary(String contentType, String boundary) {
        assertThat(MultipartBody.boundary(contentType)).isEqualTo(boundary);
    }
}
