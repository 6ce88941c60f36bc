package io.millrace.bench.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProcessorSplitTest {
    @Test
    void readsTheKernelsList() {
        assertThat(ProcessorSplit.parse("0-1")).containsExactly(0, 1);
        assertThat(ProcessorSplit.parse("3")).containsExactly(3);
        assertThat(ProcessorSplit.parse("0-2,5,8-9")).containsExactly(0, 1, 2, 5, 8, 9);
    }
}
