/**
 * Runs the programs that lie beside it, each with an SDK as it is published. It knows where they are told to send to, and
 * nothing of what takes their spans.
 */
@NullMarked
package io.millrace.clients;

import org.jspecify.annotations.NullMarked;
