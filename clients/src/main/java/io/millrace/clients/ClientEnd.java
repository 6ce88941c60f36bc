package io.millrace.clients;

/**
 * How a program ended.
 *
 * @param last what it said last of itself
 * @param well by itself, with all sent that its SDK wanted to send; false when it was stopped, or failed
 * @param told how it ended and all that it said, for somebody who has to find out why
 */
public record ClientEnd(ClientReport last, boolean well, String told) {}
