package io.millrace.ingest.otlp;

import io.millrace.ingest.otlp.AttributeRule.Role;
import io.millrace.ingest.span.TextField;
import java.util.List;

/** OpenTelemetry's conventions that are not about generative AI: who, where, and what went wrong. */
final class GeneralConvention {
    /**
     * Below the families that speak of generative AI and use these names as well, above those that have their own for the
     * same.
     */
    private static final int RANK = 48;

    private GeneralConvention() {}

    static List<AttributeRule> rules() {
        return List.of(
                AttributeRule.text(TextField.SESSION_ID, RANK, "session.id"),
                AttributeRule.text(TextField.USER_ID, RANK, "user.id"),
                AttributeRule.text(TextField.USER_ID, RANK + 1, "enduser.id"),
                AttributeRule.text(TextField.ENVIRONMENT, RANK, "deployment.environment.name"),
                AttributeRule.text(TextField.ENVIRONMENT, RANK + 1, "deployment.environment"),
                AttributeRule.text(TextField.RELEASE, RANK, "service.version"),
                AttributeRule.text(Role.ERROR_TYPE, TextField.ERROR_TYPE, RANK, "error.type"));
    }
}
