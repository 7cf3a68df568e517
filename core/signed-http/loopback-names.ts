import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';

/** `bucket.s3.localhost`: a name under `.localhost`. */
const UNDER_LOCALHOST = /\.localhost\.?$/i;

/**
 * Looks a host name up as `dns.lookup` does, but a name under `.localhost` as `localhost` itself: such names always are
 * the own machine (RFC 6761, 6.3), yet many resolvers know `localhost` only, and a DNS server knows none of them.
 */
export const lookupHost: LookupFunction = (hostname, options, callback) => {
  lookup(isUnderLocalhost(hostname) ? 'localhost' : hostname, options, callback);
};

/** Whether a host name, without its port, is under `.localhost`. */
function isUnderLocalhost(hostname: string): boolean {
  return UNDER_LOCALHOST.test(hostname);
}
