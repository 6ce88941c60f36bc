package io.millrace.standalone.demo.scenario;

import java.util.List;
import java.util.random.RandomGenerator;

/** Short made-up questions and answers. They go into JSON as they are: no quotes or backslashes. */
final class Dialogues {
    /** A question and what the agent answers in the end. */
    record Dialogue(String question, String answer) {
        /** {@code gen_ai.input.messages}, after the instruction that the prompt gives. */
        String input(String prompt) {
            return "[{\"role\":\"system\",\"parts\":[{\"type\":\"text\",\"content\":\"You follow the guide " + prompt
                    + ".\"}]},{\"role\":\"user\",\"parts\":[{\"type\":\"text\",\"content\":\"" + question + "\"}]}]";
        }

        /** {@code gen_ai.output.messages}. */
        String output() {
            return "[{\"role\":\"assistant\",\"parts\":[{\"type\":\"text\",\"content\":\"" + answer
                    + "\"}],\"finish_reason\":\"stop\"}]";
        }
    }

    private static final List<Dialogue> SUPPORT = List.of(
            new Dialogue("Where is my order?", "It left our store yesterday and should be with you on Thursday."),
            new Dialogue(
                    "Can I change the delivery address?", "Yes, until the parcel has left. I have opened the form."),
            new Dialogue("The lamp arrived with a crack.", "I am sorry. A new one is on its way, keep the old one."),
            new Dialogue(
                    "How do I return a jacket?", "Print the label from your account and hand it in within 30 days."));
    private static final List<Dialogue> RESEARCH = List.of(
            new Dialogue("Which tidal power plants are running today?", "The largest are Sihwa Lake and La Rance."),
            new Dialogue("How long do heat pumps last?", "Most run for 15 to 20 years; compressors fail first."),
            new Dialogue("Compare rail and road for freight.", "Rail needs about a quarter of the energy per tonne."));
    private static final List<Dialogue> TRIAGE = List.of(
            new Dialogue("I was charged twice this month.", "billing"),
            new Dialogue("The app closes when I open the map.", "bug"),
            new Dialogue("Please add a dark theme.", "wish"),
            new Dialogue("I cannot log in any more.", "access"));
    private static final List<Dialogue> REVIEW = List.of(
            new Dialogue("Review the change to the cache.", "The lock is held while the value loads: load it first."),
            new Dialogue("Is this retry loop safe?", "It never gives up. Bound it, and wait longer each time."),
            new Dialogue("Review the new date parser.", "Good. One test for a leap day is missing."));

    private Dialogues() {}

    static Dialogue of(Agent agent, RandomGenerator random) {
        List<Dialogue> dialogues = switch (agent) {
            case SUPPORT -> SUPPORT;
            case RESEARCH -> RESEARCH;
            case TRIAGE -> TRIAGE;
            case REVIEW -> REVIEW;
        };
        return dialogues.get(random.nextInt(dialogues.size()));
    }
}
