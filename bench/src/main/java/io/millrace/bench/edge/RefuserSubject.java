package io.millrace.bench.edge;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/** What refuses all and does nothing else: the physical limit of refusing. */
record RefuserSubject(ChildMachine machine, URI url) implements Subject {
    static RefuserSubject start(Path log) throws IOException {
        ChildMachine machine =
                ChildMachine.converse(List.of("-Xmx128m", "-XX:+UseSerialGC"), RefuserMain.class, List.of(), log);
        return new RefuserSubject(machine, URI.create("http://127.0.0.1:" + machine.await(RefuserMain.PORT)));
    }

    /** It knows no keys, and masks nothing. */
    @Override
    public Target target(boolean masked) {
        return new Target(url, "");
    }
}
