package io.millrace.jobs.store;

import java.io.Serializable;

/** Travels with an operator to where it runs, and opens its store there. */
@FunctionalInterface
public interface StoreFactory extends Serializable {
    Store open();
}
