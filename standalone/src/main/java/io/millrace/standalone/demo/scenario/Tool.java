package io.millrace.standalone.demo.scenario;

import java.util.Arrays;
import java.util.List;

/** The tools that agents call. */
enum Tool {
    LOOK_UP_ORDER(
            "look_up_order",
            new Lognormal(120, 0.5),
            "{\"order\":\"A-1047\"}",
            "{\"state\":\"shipped\",\"carrier\":\"north line\"}"),
    CREATE_TICKET(
            "create_ticket",
            new Lognormal(210, 0.4),
            "{\"queue\":\"billing\",\"priority\":2}",
            "{\"ticket\":\"T-20931\"}"),
    WEB_SEARCH(
            "web_search",
            new Lognormal(640, 0.5),
            "{\"query\":\"tidal power plants in operation\"}",
            "{\"hits\":8,\"best\":\"Sihwa Lake, 254 MW\"}"),
    READ_FILE("read_file", new Lognormal(35, 0.6), "{\"path\":\"src/main/java/Cache.java\"}", "{\"lines\":148}"),
    RUN_TESTS("run_tests", new Lognormal(1_500, 0.4), "{\"module\":\"cache\"}", "{\"passed\":61,\"failed\":0}");

    private static final Failure FAILURE = new Failure("ConnectionTimeout", "no answer from the tool's server");

    private final String id;
    private final Lognormal millis;
    private final String arguments;
    private final String result;

    Tool(String id, Lognormal millis, String arguments, String result) {
        this.id = id;
        this.millis = millis;
        this.arguments = arguments;
        this.result = result;
    }

    /** Those that are called often enough for an error burst to show. */
    static List<Tool> busy() {
        return Arrays.asList(LOOK_UP_ORDER, WEB_SEARCH);
    }

    /** {@code gen_ai.tool.name}. */
    String id() {
        return id;
    }

    Lognormal millis() {
        return millis;
    }

    String arguments() {
        return arguments;
    }

    String result() {
        return result;
    }

    Failure failure() {
        return FAILURE;
    }
}
