/** Sources of webhooks: their secrets and mappings, and trying a mapping out before it is used. */
@NullMarked
package io.millrace.query.webhook;

import org.jspecify.annotations.NullMarked;
