/**
 * Requests in flight in one worker, of operations whose requests are small: S3 answers them in 100 to 200 ms (User
 * Guide, "Best practices design patterns"), and a worker is paid for while it waits. 128 of them take about a third of
 * the processor that a worker has, so that twice as many in flight cost half as much for each object.
 */
export const SMALL_REQUESTS_IN_FLIGHT = 128;
