package io.millrace.standalone.doctor;

import java.util.Locale;

/**
 * What a check says.
 *
 * @param what was looked at, and how it is
 * @param remedy what to do; empty where there is nothing to do
 */
public record Finding(Level level, String what, String remedy) {
    /** How bad it is. */
    public enum Level {
        OK,
        /** It works, and could be better. */
        WARN,
        /** It does not work, or does not keep what is promised. */
        FAIL
    }

    public static Finding ok(String what) {
        return new Finding(Level.OK, what, "");
    }

    public static Finding warn(String what, String remedy) {
        return new Finding(Level.WARN, what, remedy);
    }

    public static Finding fail(String what, String remedy) {
        return new Finding(Level.FAIL, what, remedy);
    }

    /** One line: the level, what, and what to do. */
    public String line() {
        String said = String.format(Locale.ROOT, "%-4s  %s", level.name().toLowerCase(Locale.ROOT), what);
        return (remedy.isEmpty() ? said : said + "  - " + remedy).replace('\n', ' ');
    }
}
