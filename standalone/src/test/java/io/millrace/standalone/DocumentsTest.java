package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the documents point at is there. */
class DocumentsTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern LINK = Pattern.compile("]\\(([^)#:\\s]+)(#[^)]*)?\\)");
    private static final Pattern EXCERPT = Pattern.compile("```(?:js|python|java)\\n(.*?)```", Pattern.DOTALL);
    private static final Pattern PROGRAM = Pattern.compile("]\\(([^)\\s]+\\.(?:mjs|py|java))\\)");
    private static final Pattern PROOF = Pattern.compile("\\[`(\\w+)#(\\w+)`]\\(([^)]+\\.java)\\)");

    @Test
    void everyLinkLeadsSomewhere() {
        List<String> broken = new ArrayList<>();
        for (Path document : documents()) {
            Matcher link = LINK.matcher(read(document));
            while (link.find()) {
                if (!Files.exists(document.resolveSibling(link.group(1)))) {
                    broken.add(ROOT.relativize(document) + ": " + link.group(1));
                }
            }
        }
        assertThat(broken).isEmpty();
    }

    @Test
    void everyPromiseNamesATestThatExists() {
        Path guarantees = ROOT.resolve("docs/guarantees.md");
        List<String> unproven = new ArrayList<>();
        Matcher proof = PROOF.matcher(read(guarantees));
        int proofs = 0;
        while (proof.find()) {
            proofs++;
            Path test = guarantees.resolveSibling(proof.group(3));
            boolean there = test.getFileName().toString().equals(proof.group(1) + ".java")
                    && Files.exists(test)
                    && Pattern.compile("\\bvoid " + proof.group(2) + "\\(")
                            .matcher(read(test))
                            .find();
            if (!there) {
                unproven.add(proof.group());
            }
        }
        assertThat(unproven).isEmpty();
        assertThat(proofs).isGreaterThan(40);
    }

    @Test
    void everyDecisionIsInTheIndex() throws IOException {
        Path folder = ROOT.resolve("docs/adr");
        String index = read(folder.resolve("README.md"));
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()).filter(name -> name.matches("\\d{3}-.*\\.md")))
                    .isNotEmpty()
                    .allSatisfy(name -> assertThat(index).contains("(" + name + ")"));
        }
    }

    @Test
    void whatThePageOfAnSdkShowsIsInItsProgram() throws IOException {
        try (Stream<Path> pages = Files.list(ROOT.resolve("docs/sdk"))) {
            for (Path page : pages.filter(page -> !page.endsWith("README.md")).toList()) {
                List<String> programs = PROGRAM.matcher(read(page))
                        .results()
                        .map(link -> read(page.resolveSibling(link.group(1))))
                        .toList();
                assertThat(programs).as(page.toString()).isNotEmpty();
                assertThat(EXCERPT.matcher(read(page)).results().map(excerpt -> excerpt.group(1)))
                        .as(page.toString())
                        .isNotEmpty()
                        .allSatisfy(excerpt -> assertThat(programs)
                                .as(excerpt)
                                .anySatisfy(program -> assertThat(program)
                                        .containsSubsequence(excerpt.lines()
                                                .map(String::strip)
                                                .toList())));
            }
        }
    }

    @Test
    void everySdkIsInTheIndex() throws IOException {
        Path folder = ROOT.resolve("docs/sdk");
        String index = read(folder.resolve("README.md"));
        try (Stream<Path> pages = Files.list(folder)) {
            assertThat(pages.map(page -> page.getFileName().toString()).filter(name -> !name.equals("README.md")))
                    .isNotEmpty()
                    .allSatisfy(name -> assertThat(index).contains("(" + name + ")"));
        }
    }

    private static List<Path> documents() {
        try (Stream<Path> files = Files.walk(ROOT.resolve("docs"))) {
            return Stream.concat(
                            Stream.of(ROOT.resolve("README.md"), ROOT.resolve("CONTRIBUTING.md")),
                            files.filter(file -> file.toString().endsWith(".md")))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
