package io.millrace.bench.edge;

import io.millrace.bench.process.ProcessTimes;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Properties;

/**
 * The processes that measure the physical limit of a payload: one parses its bodies with the classes that are generated
 * from OTLP's definition, on one thread; the others hand them to the same broker, as the records that the edge made of them and
 * span by span. Each has a virtual machine of its own, with nothing in it that would be in its way.
 */
record LimitWorkers(ChildMachine parser, ChildMachine producer, ChildMachine singles, double spansPerRecord)
        implements AutoCloseable {

    /**
     * Starts all.
     *
     * @param bodies requests of {@link Payload#SPANS_PER_BODY} spans
     * @param records what the edge made of requests
     * @param spansPerRecord of these
     * @param spans of these, encoded one by one
     */
    static LimitWorkers start(
            EdgeSite site,
            Payload payload,
            List<byte[]> bodies,
            List<byte[]> records,
            double spansPerRecord,
            List<byte[]> spans)
            throws IOException {
        Path folder = site.folder().root();
        Path bodyFile = folder.resolve("bodies-" + payload.label());
        Path recordFile = folder.resolve("records-" + payload.label());
        Path spanFile = folder.resolve("spans-" + payload.label());
        Blocks.write(bodyFile, bodies);
        Blocks.write(recordFile, records);
        Blocks.write(spanFile, spans);
        Path client = clientFile(site, folder);
        // One thread gains nothing from a collector for many.
        ChildMachine parser = ChildMachine.converse(
                List.of("-Xmx1g", "-XX:+UseSerialGC"),
                LimitMain.class,
                List.of(LimitMain.PARSE, bodyFile.toString()),
                site.log("limit"));
        return new LimitWorkers(
                parser, producer(site, recordFile, client), producer(site, spanFile, client), spansPerRecord);
    }

    private static ChildMachine producer(EdgeSite site, Path records, Path client) throws IOException {
        return ChildMachine.converse(
                List.of("-Xmx1g"),
                LimitMain.class,
                List.of(LimitMain.PRODUCE, records.toString(), client.toString(), SpanTopic.TWIN),
                site.log("limit"));
    }

    /** There is a password in it. */
    private static Path clientFile(EdgeSite site, Path folder) throws IOException {
        Path file = folder.resolve("bench-client");
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Properties client = new Properties();
        client.putAll(site.folder().kafka());
        try (Writer out = Files.newBufferedWriter(file)) {
            client.store(out, null);
        }
        return file;
    }

    /** All work for this long, one after the other. */
    PhysicalLimit measure(Duration duration) throws IOException {
        return new PhysicalLimit(
                spansPerSecond(parser, duration, Payload.SPANS_PER_BODY),
                spansPerSecond(producer, duration, spansPerRecord),
                spansPerSecond(singles, duration, 1));
    }

    private static double spansPerSecond(ChildMachine worker, Duration duration, double spansEach) throws IOException {
        ProcessTimes times = new ProcessTimes();
        long before = times.ofProcess(worker.pid());
        worker.say(Long.toString(duration.toMillis()));
        long done = Long.parseLong(worker.await(LimitMain.DONE));
        return done * spansEach * 1e6 / (times.ofProcess(worker.pid()) - before);
    }

    @Override
    public void close() throws InterruptedException {
        parser.close();
        producer.close();
        singles.close();
    }
}
