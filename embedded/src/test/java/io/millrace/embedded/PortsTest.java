package io.millrace.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class PortsTest {
    @Test
    void aFreePortCanBeTaken() throws IOException {
        int port = Ports.free();
        try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            assertThat(socket.getLocalPort()).isEqualTo(port);
        }
    }

    @Test
    void aTakenPortIsRefusedWithTheOptionToChange() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int taken = socket.getLocalPort();
            assertThatThrownBy(() -> Ports.wanted(taken, "--api-port"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(Integer.toString(taken))
                    .hasMessageContaining("--api-port");
        }
    }

    @Test
    void zeroMeansAnyAndOthersMeanThemselves() {
        int port = Ports.wanted(0, "--api-port");
        assertThat(port).isPositive();
        assertThat(Ports.wanted(port, "--api-port")).isEqualTo(port);
        assertThatThrownBy(() -> Ports.wanted(70_000, "--api-port")).hasMessageContaining("--api-port");
    }
}
