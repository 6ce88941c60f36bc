package io.millrace.query.trace;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.millrace.query.trace.Payloads.Payload;
import io.millrace.schema.wire.Event;
import io.millrace.schema.wire.Link;
import io.millrace.schema.wire.Origin;
import io.millrace.schema.wire.PartialMessage;
import io.millrace.schema.wire.SpanBody;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PartialBodiesTest {
    /** Of texts of one hash code; each of them doubles how many there are. */
    private static final int BLOCKS = 17;

    @Test
    void eventsAndLinksAddUpInTheOrderInWhichTheyCameFirst() {
        PartialBodies bodies = new PartialBodies();
        add(bodies, 1, SpanBody.newBuilder().addEvents(event("b")).addEvents(event("a")));
        add(bodies, 2, SpanBody.newBuilder().addEvents(event("c")).addEvents(event("b")));
        add(bodies, 3, SpanBody.newBuilder().addLinks(link("y")).addLinks(link("x")));
        add(bodies, 4, SpanBody.newBuilder().addLinks(link("y")).addLinks(link("z")));

        SpanBody body = bodies.together().body();

        assertThat(body.getEventsList()).containsExactly(event("b"), event("a"), event("c"));
        assertThat(body.getLinksList()).containsExactly(link("y"), link("x"), link("z"));
    }

    @Test
    void aWholeBodyKeepsItsEventsAsTheyAre() {
        PartialBodies bodies = new PartialBodies();
        add(bodies, 1, SpanBody.newBuilder().addEvents(event("b")).addEvents(event("a")));
        SpanBody whole = SpanBody.newBuilder()
                .addEvents(event("a"))
                .addEvents(event("a"))
                .build();

        assertThat(bodies.together(payload(whole)).body().getEventsList())
                .containsExactly(event("a"), event("a"), event("b"));
    }

    /** So many that looking through all of them for each outlasts the limit of any test. */
    @Test
    void eventsOfOneHashCodeAreToldApartWithoutLookingAtAll() {
        List<Event> events = eventsOfOneHashCode();
        PartialBodies bodies = new PartialBodies();
        add(bodies, 1, SpanBody.newBuilder().addAllEvents(events));
        add(bodies, 2, SpanBody.newBuilder().addAllEvents(events));

        assertThat(bodies.together().body().getEventsList().equals(events)).isTrue();
    }

    @Test
    void eventsOfOneHashCodeAreFoundInAWholeBodyWithoutLookingAtAll() {
        List<Event> events = eventsOfOneHashCode();
        PartialBodies bodies = new PartialBodies();
        add(bodies, 1, SpanBody.newBuilder().addEvents(events.get(0)).addEvents(event("other")));
        SpanBody whole = SpanBody.newBuilder().addAllEvents(events).build();

        assertThat(bodies.together(payload(whole)).body().getEventsList())
                .hasSize(events.size() + 1)
                .endsWith(event("other"));
    }

    private static List<Event> eventsOfOneHashCode() {
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < 1 << BLOCKS; i++) {
            StringBuilder name = new StringBuilder();
            for (int block = 0; block < BLOCKS; block++) {
                name.append((i >>> block & 1) == 0 ? "Aa" : "BB");
            }
            events.add(event(name.toString()));
        }
        return events;
    }

    private static void add(PartialBodies bodies, int at, SpanBody.Builder body) {
        PartialMessage order = PartialMessage.newBuilder()
                .setAtNanos(at)
                .setId(ByteString.copyFrom(new byte[] {(byte) at}))
                .build();
        bodies.add(order, at, payload(body.build()));
    }

    private static Payload payload(SpanBody body) {
        return new Payload(body, Origin.getDefaultInstance());
    }

    private static Event event(String name) {
        return Event.newBuilder().setName(name).build();
    }

    private static Link link(String state) {
        return Link.newBuilder().setTraceState(state).build();
    }
}
