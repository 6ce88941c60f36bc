package io.millrace.ingest.langsmith;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The value of a header that has parameters: {@code form-data; name="a"; filename=b}. */
final class HeaderValue {
    private final String text;
    private int at;

    private HeaderValue(String text) {
        this.text = text;
    }

    /** What stands before the parameters, in lower case. */
    static String main(String header) {
        int parameters = header.indexOf(';');
        return (parameters < 0 ? header : header.substring(0, parameters))
                .strip()
                .toLowerCase(Locale.ROOT);
    }

    /** The parameter of this name, without its quotation marks; the first one counts. */
    static @Nullable String parameter(String header, String name) {
        HeaderValue value = new HeaderValue(header);
        value.to(';');
        while (value.at < header.length()) {
            value.at++;
            String key = value.to('=').strip();
            String content = value.content();
            if (key.equalsIgnoreCase(name)) {
                return content;
            }
        }
        return null;
    }

    /** What stands before the next {@code stop}, or before the end of the parameter. */
    private String to(char stop) {
        int from = at;
        while (at < text.length() && text.charAt(at) != stop && text.charAt(at) != ';') {
            at++;
        }
        return text.substring(from, at);
    }

    private String content() {
        if (at >= text.length() || text.charAt(at) != '=') {
            return "";
        }
        at++;
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
        if (at < text.length() && text.charAt(at) == '"') {
            at++;
            return quoted();
        }
        return to(';').strip();
    }

    private String quoted() {
        StringBuilder out = new StringBuilder();
        while (at < text.length() && text.charAt(at) != '"') {
            if (text.charAt(at) == '\\' && at + 1 < text.length()) {
                at++;
            }
            out.append(text.charAt(at++));
        }
        to(';');
        return out.toString();
    }
}
