package io.millrace.bench.clients;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Stands between one client and the edge, passes on every byte, and keeps them all. Its port is closed while the edge is away,
 * so that the client meets with what it would meet with there.
 */
final class Tap implements AutoCloseable {
    private static final int BUFFER = 64 * 1024;
    private static final InetAddress HERE = InetAddress.getLoopbackAddress();

    private final int edgePort;
    private final int port;
    private final List<Line> lines = Collections.synchronizedList(new ArrayList<>());
    private volatile ServerSocket listening;

    /** One connection: what went to the edge and what came back. */
    private record Line(ByteArrayOutputStream sent, ByteArrayOutputStream answered) {}

    /** A request of a client, and what it was answered. */
    record Told(HttpMessages.Message request, int status) {}

    Tap(int edgePort) throws IOException {
        this.edgePort = edgePort;
        this.listening = new ServerSocket(0, 0, HERE);
        this.port = listening.getLocalPort();
        accept(listening);
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** Refuses whoever comes from now on. */
    void shut() throws IOException {
        listening.close();
    }

    /** Lets clients in again. */
    void open() throws IOException {
        ServerSocket anew = new ServerSocket();
        anew.setReuseAddress(true);
        anew.bind(new InetSocketAddress(HERE, port));
        listening = anew;
        accept(anew);
    }

    private void accept(ServerSocket at) {
        daemon(() -> {
            while (true) {
                serve(at.accept());
            }
        });
    }

    private void serve(Socket client) throws IOException {
        try {
            Socket edge = new Socket(HERE, edgePort);
            client.setTcpNoDelay(true);
            edge.setTcpNoDelay(true);
            Line line = new Line(new ByteArrayOutputStream(), new ByteArrayOutputStream());
            lines.add(line);
            daemon(() -> pass(client, edge, line.sent));
            daemon(() -> pass(edge, client, line.answered));
        } catch (IOException e) {
            reset(client);
        }
    }

    private static void pass(Socket from, Socket to, ByteArrayOutputStream kept) throws IOException {
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[BUFFER];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                // Before it is passed on: whoever has the answer finds it here.
                kept.write(buffer, 0, read);
                out.write(buffer, 0, read);
            }
            to.shutdownOutput();
        } catch (IOException e) {
            reset(from);
            reset(to);
        }
    }

    private static void reset(Socket socket) throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void daemon(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        // The connection, or the port, is closed.
                    }
                },
                "tap");
        thread.setDaemon(true);
        thread.start();
    }

    /** Every request with spans whose answer is a success that came whole; to be asked when the client has ended. */
    List<Told> told() {
        return answered().filter(told -> told.status < 300).toList();
    }

    /** How many requests with spans were answered what, by status; over HTTP/1.1, when the client has ended. */
    Map<Integer, Long> answers() {
        return answered().collect(Collectors.groupingBy(Told::status, TreeMap::new, Collectors.counting()));
    }

    private Stream<Told> answered() {
        return List.copyOf(lines).stream().flatMap(line -> {
            List<HttpMessages.Message> requests = HttpMessages.requests(line.sent.toByteArray());
            List<HttpMessages.Message> answers = HttpMessages.answers(line.answered.toByteArray());
            return IntStream.range(0, Math.min(requests.size(), answers.size()))
                    .filter(i -> !requests.get(i).word(0).equals("GET"))
                    .mapToObj(i -> new Told(requests.get(i), answers.get(i).status()));
        });
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }
}
