/** Distinct buckets of a manifest that are told apart; of more, only that there are more. */
export const MOST_BUCKETS = 100;
