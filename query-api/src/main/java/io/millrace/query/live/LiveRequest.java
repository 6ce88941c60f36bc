package io.millrace.query.live;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a client wants to follow.
 *
 * @param id the client's own name for it
 * @param filter fields with their values, as a query string would have them
 * @param after the cursor to go on from; now, if there is none
 */
record LiveRequest(String id, Channel channel, Map<String, List<String>> filter, Optional<String> after) {}
