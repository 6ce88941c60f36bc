package io.millrace.query.trace;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.util.List;
import java.util.StringJoiner;

/** Messages of a conversation that were told one by one, or several at a time. */
final class MessageList {
    private MessageList() {}

    /**
     * All of them as one JSON array. Each text is an array of messages, of which the elements are taken, a message, or
     * something that is no JSON and stands for a message as it is. A single text stays what it is; none is empty.
     */
    static String joined(List<String> texts) {
        if (texts.size() < 2) {
            return texts.isEmpty() ? "" : texts.get(0);
        }
        StringJoiner all = new StringJoiner(",", "[", "]");
        for (String text : texts) {
            String messages = elements(text);
            if (!messages.isEmpty()) {
                all.add(messages);
            }
        }
        return all.toString();
    }

    private static String elements(String text) {
        if (!PayloadJson.isStructure(text)) {
            return '"' + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
        }
        String json = text.strip();
        return json.startsWith("[") ? json.substring(1, json.length() - 1).strip() : json;
    }
}
