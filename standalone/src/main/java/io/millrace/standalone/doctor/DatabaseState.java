package io.millrace.standalone.doctor;

import io.millrace.schema.sql.Migrations;
import java.util.List;
import java.util.Map;

/**
 * A database as it is.
 *
 * @param settings that decide whether a commit lasts
 * @param roles those of the services that are there
 * @param openTables tables with tenants' rows and without row security
 */
record DatabaseState(
        Migrations.State migrations, Map<String, String> settings, List<Role> roles, List<String> openTables) {

    record Role(String name, boolean canLogIn, boolean superuser, boolean bypassesRowSecurity) {}
}
