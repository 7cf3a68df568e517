/** A part of a bucket's keys: those that begin with `prefix`, after `after`, up to and including `upTo`. JSON. */
export interface KeyRange {
  /** Empty for all. */
  readonly prefix: string;
  /** Left out: from the first key. */
  readonly after?: string;
  /** Left out: to the last key. */
  readonly upTo?: string;
}

/** As a range, without the members that say nothing. */
export function keyRange(prefix: string, after: string | undefined, upTo: string | undefined): KeyRange {
  return { prefix, ...(after === undefined ? {} : { after }), ...(upTo === undefined ? {} : { upTo }) };
}
