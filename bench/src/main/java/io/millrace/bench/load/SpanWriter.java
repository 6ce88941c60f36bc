package io.millrace.bench.load;

import static io.millrace.bench.load.Slot.ABSENT;

import org.jspecify.annotations.Nullable;

/** Encodes one span of a template as OTLP does, with sixteen GenAI attributes. */
final class SpanWriter {
    private static final int ATTRIBUTE = 9;
    private static final int INTERNAL = 1;
    private static final int CLIENT = 3;
    private static final int FAILED = 2;

    private final WireWriter span = new WireWriter();
    private final SpanPlan plan;
    private Slot.@Nullable Ids ids;
    private Slot.@Nullable Usage usage;

    private SpanWriter(SpanPlan plan) {
        this.plan = plan;
    }

    /** Appends the span to a message and returns where its fields lie in that message. */
    static Slot append(SpanPlan plan, int series, WireWriter parent, int field) {
        SpanWriter writer = new SpanWriter(plan);
        writer.write();
        int at = parent.message(field, writer.span);
        Slot.Ids ids = writer.ids;
        Slot.Usage usage = writer.usage;
        if (ids == null || usage == null) {
            throw new IllegalStateException("a span was encoded in part");
        }
        Model model = plan.model();
        Model.Rates rates = (model == null ? Model.GPT_4O : model).rates();
        return new Slot(plan, series, ids, usage, rates).shifted(at);
    }

    private void write() {
        int trace = span.bytes(1, new byte[16]);
        int id = span.bytes(2, new byte[8]);
        int parent = plan.place().parent() == null ? ABSENT : span.bytes(4, new byte[8]);
        span.string(5, plan.name());
        span.varint(6, plan.kind() == Kind.LLM || plan.kind() == Kind.EMBEDDING ? CLIENT : INTERNAL);
        int start = span.fixed64(7);
        int end = span.fixed64(8);
        ids = new Slot.Ids(trace, id, parent, start, end);
        text("gen_ai.operation.name", plan.kind().operation());
        text("gen_ai.conversation.id", "conv-7d1f0c5e");
        text("user.id", "user-18446");
        text("gen_ai.agent.id", "asst_5j66UpCp");
        text("gen_ai.agent.name", "desk");
        switch (plan.kind()) {
            case LLM, EMBEDDING, AGENT -> modelAttributes();
            case RETRIEVER -> fillers("gen_ai.source", "handbook-eu", 11);
            case TOOL -> toolAttributes();
        }
        status();
    }

    private void modelAttributes() {
        Model model = plan.model() == null ? plan.second() : plan.model();
        text("gen_ai.provider.name", model.provider());
        text("gen_ai.request.model", model.requested());
        text("gen_ai.response.model", model.answered());
        text("gen_ai.response.id", "chatcmpl-AbCdEf");
        number("gen_ai.request.temperature", 0.2);
        number("gen_ai.request.top_p", 0.95);
        text("gen_ai.output.type", "text");
        if (plan.kind() == Kind.LLM) {
            number("gen_ai.response.time_to_first_chunk", 0.214);
        }
        usage(model);
        if (plan.text()) {
            text("gen_ai.input.messages", Prose.message("user", 800));
            text("gen_ai.output.messages", Prose.message("assistant", 400));
        }
    }

    private void usage(Model model) {
        boolean agent = plan.kind() == Kind.AGENT;
        int input = integer("gen_ai.usage.input_tokens");
        int cacheRead = !agent && model.caches() ? integer("gen_ai.usage.cache_read.input_tokens") : ABSENT;
        int cacheWrite = !agent && model.writesCache() ? integer("gen_ai.usage.cache_creation.input_tokens") : ABSENT;
        int output = model.generates() ? integer("gen_ai.usage.output_tokens") : ABSENT;
        int reasoning = !agent && model.reasons() ? integer("gen_ai.usage.reasoning.output_tokens") : ABSENT;
        usage = new Slot.Usage(input, cacheRead, cacheWrite, output, reasoning);
    }

    private void toolAttributes() {
        text("gen_ai.tool.name", plan.name());
        text("gen_ai.tool.call.id", "call_VSPygqKT");
        text("gen_ai.tool.type", "function");
        fillers("gen_ai.tool.set", "request", 8);
    }

    private void fillers(String key, String value, int count) {
        for (int i = 0; i < count; i++) {
            text(key + "." + i, value + "-" + i);
        }
        usage = new Slot.Usage(ABSENT, ABSENT, ABSENT, ABSENT, ABSENT);
    }

    private void status() {
        if (plan.failed()) {
            text("error.type", "timeout");
            WireWriter status = new WireWriter();
            status.varint(3, FAILED);
            span.message(15, status);
        }
    }

    private void text(String key, String value) {
        WireWriter any = new WireWriter();
        any.string(1, value);
        attribute(key, any);
    }

    private void number(String key, double value) {
        WireWriter any = new WireWriter();
        any.float64(4, value);
        attribute(key, any);
    }

    private int integer(String key) {
        WireWriter any = new WireWriter();
        int at = any.wideVarint(3);
        return at + attribute(key, any);
    }

    private int attribute(String key, WireWriter any) {
        WireWriter attribute = new WireWriter();
        attribute.string(1, key);
        int value = attribute.message(2, any);
        return value + span.message(ATTRIBUTE, attribute);
    }
}
