/** Webhooks: how senders sign, how secrets are kept, and how a payload becomes spans. */
@NullMarked
package io.millrace.schema.webhook;

import org.jspecify.annotations.NullMarked;
