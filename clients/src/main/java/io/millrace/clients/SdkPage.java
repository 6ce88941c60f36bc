package io.millrace.clients;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A page of {@code docs/sdk}: what it tells people to set, taken at its word. */
final class SdkPage {
    private static final Pattern BLOCK = Pattern.compile("```sh\\n(.*?)```", Pattern.DOTALL);
    private static final Pattern SETTING = Pattern.compile("^export (\\w+)=(.*)$", Pattern.MULTILINE);

    private final List<String> blocks;

    private SdkPage(List<String> blocks) {
        this.blocks = blocks;
    }

    /** @param root of the project */
    static SdkPage of(Path root, String name) {
        try {
            String page = Files.readString(root.resolve("docs/sdk").resolve(name + ".md"));
            return new SdkPage(
                    BLOCK.matcher(page).results().map(block -> block.group(1)).toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The variables of the n-th block, from 0, with the addresses and keys that the page's stand for. */
    Map<String, String> settings(int block, Destination destination) {
        Map<String, String> settings = new LinkedHashMap<>();
        Matcher setting = SETTING.matcher(blocks.get(block));
        for (MatchResult found : setting.results().toList()) {
            settings.put(
                    found.group(1),
                    found.group(2)
                            .replace(
                                    "http://127.0.0.1:4318",
                                    destination.ingest().toString())
                            .replace("http://127.0.0.1:4317", destination.grpc().toString())
                            .replace("pk-mr-...", destination.publicKey())
                            .replace("sk-mr-...", destination.secretKey()));
        }
        return settings;
    }
}
