package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Base64;

/** What the programs of {@code clients} may show to the model: one pixel. */
final class Picture {
    private static final String BASE64 =
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR42mOwCVoFAAIGATnXA+/FAAAAAElFTkSuQmCC";

    static final String DATA_URI = "data:image/png;base64," + BASE64;

    /** As {@code sha256sum} tells it. */
    private static final String SHA256 = "e27ae0459067f9d1914754a80fdfe2b98809cb491b07e91734fb440c49b364cc";

    /** Made of that hash as Langfuse documents it: has both of the signs that URLs write otherwise. */
    private static final String MEDIA_ID = "4nrgRZBn-dGRR1SoD9_iuY";

    private Picture() {}

    /** A span refers to it where Langfuse's SDKs took it out of the input, and whoever may read the trace has it whole. */
    static void assertAttached(JsonNode span, Tenant tenant) {
        assertThat(span.required("input").toString())
                .contains("@@@langfuseMedia:type=image/png|id=" + MEDIA_ID + "|source=")
                .doesNotContain(BASE64);
        assertThat(span.required("attachments")).singleElement().satisfies(attached -> {
            assertThat(attached.required("name").textValue()).isEqualTo(MEDIA_ID);
            assertThat(attached.required("media_type").textValue()).isEqualTo("image/png");
            assertThat(attached.required("sha256").textValue()).isEqualTo(SHA256);
            assertThat(tenant.bytes(attached.required("href").textValue()))
                    .hasSize(attached.required("bytes").intValue())
                    .isEqualTo(Base64.getDecoder().decode(BASE64));
        });
    }
}
