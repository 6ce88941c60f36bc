package io.millrace.schema.window;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class RevisionTest {
    @Test
    void generationCountsBeforeEpochAndEpochBeforeN() {
        List<Revision> oldestFirst = List.of(
                new Revision(0, 1, 1),
                new Revision(0, 1, 2),
                new Revision(0, 1, Long.MAX_VALUE),
                new Revision(0, 2, 0),
                new Revision(0, Integer.MAX_VALUE, Long.MAX_VALUE),
                new Revision(1, 0, 0),
                new Revision(2, 0, 0));

        for (int i = 0; i < oldestFirst.size(); i++) {
            for (int j = 0; j < oldestFirst.size(); j++) {
                assertThat(Integer.signum(oldestFirst.get(i).compareTo(oldestFirst.get(j))))
                        .isEqualTo(Integer.compare(i, j));
            }
        }
    }

    @Test
    void anAttemptThatLivesOnLosesToItsSuccessor() {
        Revision zombie = new Revision(0, 6, 1_000_000);
        Revision successor = new Revision(0, 7, 1);

        assertThat(successor).isGreaterThan(zombie);
    }

    @Test
    void theSameRevisionIsNotGreater() {
        assertThat(new Revision(3, 4, 5)).isEqualByComparingTo(new Revision(3, 4, 5));
    }
}
