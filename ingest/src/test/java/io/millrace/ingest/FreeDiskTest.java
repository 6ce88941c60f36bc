package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FreeDiskTest {
    private double share = 0.5;
    private final FreeDisk disk = new FreeDisk(() -> share);

    @Test
    void isLowBelowATenthAndRecovers() {
        disk.measure();
        assertThat(disk.unreadiness()).isEmpty();

        share = 0.099;
        disk.measure();
        assertThat(disk.unreadiness()).isPresent();

        share = 0.10;
        disk.measure();
        assertThat(disk.unreadiness()).isEmpty();
    }

    @Test
    void nothingToWatchIsNeverLow() {
        FreeDisk none = new FreeDisk(null);
        none.measure();
        assertThat(none.unreadiness()).isEmpty();
    }
}
