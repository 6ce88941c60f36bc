package io.millrace.bench.clients;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What became of the spans of one client through one outage.
 *
 * @param version of its package
 * @param handed to its SDK
 * @param stored of these, each once
 * @param again messages that came again and were known
 * @param missed spans of requests that were answered with a success, which were not stored until these were sent once more; -1
 *     where the answers are not read
 * @param atBest spans that it loses at best of an outage that was as long
 * @param atWorst spans of which its retries explain that they are lost
 * @param why that is so, in words
 * @param remarks what else there is to say
 */
record ClientResult(
        String client,
        String version,
        Outage outage,
        long handed,
        long stored,
        long again,
        long missed,
        long atBest,
        long atWorst,
        String why,
        List<String> remarks) {

    long lost() {
        return Math.max(0, handed - stored);
    }

    /** Whether nothing was lost that was said to be taken, and nothing is there twice. */
    boolean kept() {
        return missed <= 0 && stored <= handed;
    }

    /** Whether more is lost than its retries explain. */
    boolean isUnexplained() {
        return lost() > atWorst;
    }

    static String header() {
        return String.format(
                "  %-20s %-34s %7s %7s %6s %8s %9s %6s %7s  %s",
                "client", "version", "handed", "stored", "lost", "at best", "at worst", "again", "missed", "remarks");
    }

    String line() {
        return String.format(
                        Locale.ROOT,
                        "  %-20s %-34s %7d %7d %6d %8d %9d %6d %7s  %s",
                        client,
                        version,
                        handed,
                        stored,
                        lost(),
                        atBest,
                        atWorst,
                        again,
                        missed < 0 ? "-" : missed,
                        String.join("; ", remarks))
                .stripTrailing();
    }

    Map<String, Object> asMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("client", client);
        map.put("version", version);
        map.put("fault", outage.word());
        map.put("handed", handed);
        map.put("stored", stored);
        map.put("lost", lost());
        map.put("at_best", atBest);
        map.put("at_worst", atWorst);
        map.put("because", why);
        map.put("came_again", again);
        map.put("acknowledged_but_missed", missed);
        map.put("remarks", remarks);
        return map;
    }
}
