package io.millrace.schema.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class DeliveryIdsTest {
    /** Recorded once: whoever changes how ids are made makes replays of old deliveries new spans. */
    @Test
    void stayWhatTheyAre() {
        DeliveryIds ids = new DeliveryIds("whk_0123456789abcdef0123456789abcdef", "msg_p5jXN8AQM9LWM0D4loKWxJek");
        assertThat(ids.trace()).hasToString("36c905b94f4824434e022ed8319d6290");
        assertThat(ids.span(0)).hasToString("4c691bdb3bf50021");
        assertThat(ids.span(1)).hasToString("bc7965b89224638a");
    }

    @Test
    void noTwoDeliveriesShareThem() {
        Set<Object> ids = new HashSet<>();
        for (String[] delivery : new String[][] {{"a", "b"}, {"ab", ""}, {"", "ab"}, {"b", "a"}}) {
            DeliveryIds made = new DeliveryIds(delivery[0], delivery[1]);
            ids.add(made.trace());
            ids.add(made.span(0));
            ids.add(made.span(1));
        }
        assertThat(ids).hasSize(12);
    }
}
