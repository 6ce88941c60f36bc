package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** From a span that is sent to what a client of the feed is told. */
@ExtendWith(SharedStack.class)
class LiveFeedIT {
    /** One for each test: no test is told of the windows that another one filled. */
    private Tenant tenant;

    @BeforeEach
    void makeTenant() {
        tenant = Tenant.of(SharedStack.stack(), "live");
    }

    @Test
    void aTraceIsFollowedFromItsFirstSpanUntilItIsSettled() {
        Instant now = Instant.now();
        OtlpRequest root = OtlpRequest.newTrace().root(now);
        String id = root.trace();
        try (Feed socket = webSocket("traces", "{}");
                Feed events = Feed.events(SharedStack.stack().api(), tenant.key(), "traces")) {
            Tenant.eventually().until(() -> socket.hasCaughtUp() && events.hasCaughtUp());

            // The child alone: the trace is live until its root has ended.
            tenant.sendOnceKnown(
                    tenant.otlpJson(OtlpRequest.of(id).call(2, now, 30).json()));
            Tenant.eventually().until(() -> isIn(socket, id, "live"));
            tenant.send(tenant.otlpJson(root.json()));
            Tenant.eventually().until(() -> isIn(socket, id, "settled") && isIn(events, id, "settled"));

            assertThat(states(socket, id))
                    .startsWith("live")
                    .contains("complete")
                    .endsWith("settled");
            assertThat(socket.of(id)).isSortedAccordingTo(Comparator.comparing(LiveFeedIT::revision, Arrays::compare));
            assertThat(revisions(socket, id)).doesNotHaveDuplicates().isEqualTo(revisions(events, id));
            JsonNode last = last(socket, id).required("data");
            assertThat(last).isEqualTo(last(events, id).required("data"));
            Tenant.eventually().untilAsserted(() -> assertThat(listed(id)).isEqualTo(last));
        }
    }

    @Test
    void windowsAreFollowedUntilTheyClose() {
        tenant.sendOnceKnown(tenant.otlpJson(OtlpRequest.newTrace().json()));
        // A window that is open for a while yet, so that it is told before it closes.
        Instant end = Instant.now().plusSeconds(20);
        OtlpRequest request = OtlpRequest.newTrace().root(end).call(2, end, 30);
        try (Feed feed = webSocket("metrics", "{\"group_by\":[\"provider\",\"model\"]}")) {
            Tenant.eventually().until(feed::hasCaughtUp);

            tenant.send(tenant.otlpJson(request.json()));

            Tenant.eventually().until(() -> feed.all().stream().anyMatch(LiveFeedIT::isClosed));
            JsonNode closed =
                    feed.all().stream().filter(LiveFeedIT::isClosed).findFirst().orElseThrow();
            List<JsonNode> states = feed.of(closed.required("entity").textValue());
            assertThat(states).hasSizeGreaterThan(1);
            assertThat(states.get(0).required("data").required("closed").booleanValue())
                    .isFalse();
            assertThat(closed.required("data").required("spans").longValue()).isPositive();
            assertThat(closed.required("entity").textValue()).startsWith("model/openai/gpt-4o-mini/");
        }
    }

    private static boolean isClosed(JsonNode message) {
        return message.path("data").path("closed").asBoolean();
    }

    private Feed webSocket(String channel, String filter) {
        return Feed.webSocket(SharedStack.stack().api(), tenant.key(), channel, filter);
    }

    private static boolean isIn(Feed feed, String trace, String state) {
        return states(feed, trace).contains(state);
    }

    private static List<String> states(Feed feed, String trace) {
        return feed.of(trace).stream()
                .map(event -> event.required("data").required("state").textValue())
                .toList();
    }

    private static List<String> revisions(Feed feed, String trace) {
        return feed.of(trace).stream()
                .map(event -> event.required("revision").textValue())
                .toList();
    }

    private static long[] revision(JsonNode event) {
        return Arrays.stream(event.required("revision").textValue().split("\\."))
                .mapToLong(Long::parseLong)
                .toArray();
    }

    private static JsonNode last(Feed feed, String trace) {
        List<JsonNode> events = feed.of(trace);
        return events.get(events.size() - 1);
    }

    private JsonNode listed(String trace) {
        return StreamSupport.stream(
                        tenant.get("/v1/traces").json().required("items").spliterator(), false)
                .filter(item -> item.required("id").textValue().equals(trace))
                .findFirst()
                .orElseThrow();
    }
}
