package io.millrace.ingest.project;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.millrace.ingest.span.BodySampling;
import io.millrace.ingest.webhook.Sources;
import io.millrace.schema.webhook.WebhookStyle;
import io.millrace.schema.wire.WebhookEntry;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class DirectoryTest {
    private static final UUID PROJECT = UUID.fromString("11111111-2222-3333-4444-555555555555");

    private final DirectoryEntries entries = new DirectoryEntries();
    private final Directory directory = entries.directory();

    @Test
    void hashesAsEveryoneDoes() {
        // FIPS 180-2, B.1: the digest of "abc".
        assertThat(SecretHash.of("abc"))
                .isEqualTo(new SecretHash(
                        0xba7816bf8f01cfeaL, 0x414140de5dae2223L, 0xb00361a396177a9cL, 0xb410ff61f20015adL));
        assertThat(SecretHash.of("abc").toString()).doesNotContain("ba78");
    }

    @Test
    void forgetsADeletedKey() {
        key("one", "s1");
        assertThat(directory.key(SecretHash.of("s1"))).isPresent();

        entries.apply("key/one", null);

        assertThat(directory.key(SecretHash.of("s1"))).isEmpty();
    }

    @Test
    void forgetsTheSecretThatAKeyHadBefore() {
        key("one", "s1");

        key("one", "s2");

        assertThat(directory.key(SecretHash.of("s1"))).isEmpty();
        assertThat(directory.key(SecretHash.of("s2"))).isPresent();
    }

    @Test
    void knowsProjectsUntilTheyAreDeleted() {
        entries.project(PROJECT, 0);
        assertThat(directory.project(PROJECT).orElseThrow().retention()).hasDays(30);

        entries.apply("project/" + PROJECT, null);

        assertThat(directory.project(PROJECT)).isEmpty();
    }

    @Test
    void takesDeletionsOfWhatItNeverKnew() {
        entries.apply("key/none", null).apply("project/none", null).apply("detector/none", null);
        assertThat(directory.keyCount()).isZero();
    }

    @Test
    void refusesWhatIsNoEntryAndKeepsWhatItKnew() {
        key("one", "s1");

        assertThatThrownBy(() -> directory.apply("key/one", new byte[] {(byte) 0xff, 1, 2}))
                .isInstanceOf(Directory.MalformedEntry.class)
                .hasMessageContaining("key/one");

        assertThat(directory.key(SecretHash.of("s1"))).isPresent();
    }

    @Test
    void knowsSourcesOfWebhooksUntilTheyAreDeleted() {
        entries.apply("webhook/whk_1", Sources.value(source()));
        assertThat(directory.source("whk_1").orElseThrow().project()).isEqualTo(PROJECT);

        entries.apply("webhook/whk_1", null);

        assertThat(directory.knowsSource("whk_1")).isFalse();
    }

    /** Otherwise its sender would hear that the source is gone, or that its signature is wrong. */
    @Test
    void aSourceThatItCannotReadIsThereAllTheSame() {
        for (WebhookEntry.Builder unreadable : List.of(
                source().setStyle(99),
                source().setMapping("{\"fields\": [{\"field\": \"of a later version\", \"pointer\": \"/a\"}]}"),
                source().clearSealedSecrets(),
                source().addSealedSecrets(ByteString.copyFromUtf8("sealed by somebody else, somewhere")))) {
            assertThatThrownBy(() -> directory.apply("webhook/whk_1", Sources.value(unreadable)))
                    .isInstanceOf(Directory.MalformedEntry.class);
            assertThat(directory.knowsSource("whk_1")).isTrue();
            assertThat(directory.source("whk_1")).isEmpty();
            entries.apply("webhook/whk_1", Sources.value(source()));
            assertThat(directory.source("whk_1")).isPresent();
        }
    }

    @Test
    void aSampleThatCannotBeChangesNothing() {
        entries.project(PROJECT, 30);
        assertThat(directory.project(PROJECT).orElseThrow().sampling()).isSameAs(BodySampling.ALL);
        entries.apply("sampling/" + PROJECT, DirectoryEntries.samplingEntry(PROJECT, 0.5, true));
        BodySampling half = directory.project(PROJECT).orElseThrow().sampling();
        assertThat(half).isNotSameAs(BodySampling.ALL);

        for (double rate : new double[] {-0.1, 1.1, Double.NaN}) {
            assertThatThrownBy(() ->
                            directory.apply("sampling/" + PROJECT, DirectoryEntries.samplingEntry(PROJECT, rate, true)))
                    .isInstanceOf(Directory.MalformedEntry.class);
        }
        assertThat(directory.project(PROJECT).orElseThrow().sampling()).isSameAs(half);

        entries.apply("sampling/" + PROJECT, null);
        assertThat(directory.project(PROJECT).orElseThrow().sampling()).isSameAs(BodySampling.ALL);
    }

    private static WebhookEntry.Builder source() {
        return Sources.entry("whk_1", PROJECT, WebhookStyle.GITHUB, "It's a Secret to Everybody");
    }

    private void key(String name, String secret) {
        entries.key(name, PROJECT, "pk", secret, List.of("ingest"), 0);
    }
}
