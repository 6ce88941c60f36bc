package io.millrace.bench.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class DeliveriesTest {
    private final Deliveries deliveries = new Deliveries(new EntityNames(), "start");

    @Test
    void knowsTheNewestRevisionOfEachTraceAndWhereToGoOn() {
        deliveries.connected();
        deliveries.event("a", "0.1.9", "c1");
        deliveries.event("b", "0.1.10", "c2");
        deliveries.event("a", "0.2.1", "c3");

        assertThat(deliveries.has("a", Deliveries.revision(2, 1))).isTrue();
        assertThat(deliveries.has("a", Deliveries.revision(1, 9))).isTrue();
        assertThat(deliveries.has("a", Deliveries.revision(2, 2))).isFalse();
        assertThat(deliveries.has("b", Deliveries.revision(1, 10))).isTrue();
        assertThat(deliveries.has("c", Deliveries.revision(1, 1))).isFalse();
        assertThat(deliveries.cursor()).isEqualTo("c3");
        assertThat(deliveries.outOfOrder() + deliveries.repeated()).isZero();
    }

    @Test
    void seesWhatComesTwiceAndWhatComesOutOfOrder() {
        deliveries.connected();
        deliveries.event("a", "0.1.9", "c");
        deliveries.event("a", "0.1.9", "c");
        deliveries.event("a", "0.1.8", "c");
        assertThat(deliveries.repeated()).isEqualTo(1);
        assertThat(deliveries.outOfOrder()).isEqualTo(1);

        deliveries.connected();
        deliveries.event("a", "0.1.8", "c");
        assertThat(deliveries.repeated()).isEqualTo(2);
        assertThat(deliveries.events()).isEqualTo(4);
    }

    @Test
    void refusesWhatIsNoRevisionOfATrace() {
        assertThatThrownBy(() -> Deliveries.revision("1.2.3")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Deliveries.revision("17")).isInstanceOf(IllegalArgumentException.class);
    }
}
