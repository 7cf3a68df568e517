/**
 * What is older is not fired any more, whoever tells of it: EventBridge tries a day, and a listing that could not be made
 * for two weeks is not made good.
 */
export const WINDOW_MILLISECONDS = 14 * 86_400_000;

/**
 * Firings are kept longer than that, so that what comes again within the window always meets its first self. A day is for
 * clocks that differ.
 */
export const FIRINGS_KEPT_MILLISECONDS = WINDOW_MILLISECONDS + 86_400_000;

/** What happened before this time (milliseconds since 1970) does not fire the trigger. */
export function windowStart({ since }: { readonly since: string }, now: number): number {
  // S3's times are in whole seconds: what arrived in the second that the trigger was made in arrived after it.
  return Math.max(Math.floor(Date.parse(since) / 1_000) * 1_000, now - WINDOW_MILLISECONDS);
}
