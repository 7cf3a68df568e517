/** A part ends when it is so old: what is not counted yet is lost with a crash. */
export const PART_MILLISECONDS = 10_000;

/** How often a worker looks whether its job still wants to run: a cancelled job starts nothing new after it. */
export const LOOK_EVERY_MILLISECONDS = 3_000;

/** Tasks of a part at most while the job's failure threshold could bite at the next one. */
export const PROBING_PART_TASKS = 64;
