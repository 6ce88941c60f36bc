package io.millrace.ingest.otlp;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.millrace.ingest.span.MalformedSpan;
import io.millrace.ingest.span.SpanDraft;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tags, sent as an array of texts, as the JSON of one, or as one text with commas. */
final class TagList {
    private final int maxTags;
    private final TextList texts;

    TagList(int maxTags, TextList texts) {
        this.maxTags = maxTags;
        this.texts = texts;
    }

    /** Whether the span holds all the tags that the attribute, in which {@link TextList#isIn texts are}, gives it. */
    boolean addTo(SpanDraft draft, Attribute attribute) throws MalformedSpan {
        int tags = 0;
        if (attribute.isText()) {
            for (String tag : tags(attribute)) {
                byte[] utf8 = tag.getBytes(StandardCharsets.UTF_8);
                draft.tag(utf8, 0, utf8.length);
                tags++;
            }
        } else {
            texts.begin(attribute);
            while (texts.next()) {
                Attribute tag = texts.element;
                draft.tag(tag.bytes, tag.valueFrom, tag.valueLength);
                tags++;
            }
        }
        return tags <= maxTags;
    }

    private static List<String> tags(Attribute attribute) {
        String text = attribute.asString().strip();
        List<String> tags = text.startsWith("[") ? jsonTags(attribute) : null;
        if (tags != null) {
            return tags;
        }
        tags = new ArrayList<>();
        for (String tag : text.split(",")) {
            if (!tag.isBlank()) {
                tags.add(tag.strip());
            }
        }
        return tags;
    }

    /** Null when the text is no JSON array of single values. */
    private static @Nullable List<String> jsonTags(Attribute attribute) {
        List<String> tags = new ArrayList<>();
        try (JsonParser parser = Structure.parser(attribute.bytes, attribute.valueFrom, attribute.valueLength)) {
            parser.nextToken();
            for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
                if (!token.isScalarValue()) {
                    return null;
                }
                tags.add(parser.getText());
            }
            return tags;
        } catch (IOException noJson) {
            return null;
        }
    }
}
