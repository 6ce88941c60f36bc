package io.millrace.bench.load;

/**
 * An answer to a request.
 *
 * @param status of HTTP
 * @param refused how many spans a success names as refused
 */
record Answer(int status, long refused) {
    boolean acknowledges() {
        return status >= 200 && status < 300;
    }
}
