import type { TaskLine } from '../task-line.ts';

/** Whether a line of the manifest is wanted, by its columns and what they name; or why that cannot be told. */
export type RowFilter = (record: readonly string[], task: TaskLine) => boolean | string;
