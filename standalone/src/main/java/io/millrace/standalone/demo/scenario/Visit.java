package io.millrace.standalone.demo.scenario;

import io.millrace.standalone.demo.scenario.Dialogues.Dialogue;

/**
 * One question of a user to an agent.
 *
 * @param user {@code user.id}
 * @param session {@code gen_ai.conversation.id}
 * @param promptVersion {@code gen_ai.prompt.version} of all prompts of this visit
 */
record Visit(
        Deployment deployment, Agent agent, String user, String session, String promptVersion, Dialogue dialogue) {}
