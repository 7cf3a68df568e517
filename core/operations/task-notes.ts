/**
 * What a task that takes longer than an invocation leaves behind for the next one: a small JSON value for each task,
 * kept in the work bucket as long as its job is.
 */
export interface TaskNotes {
  /** undefined when the task has left none. */
  read(taskId: string): Promise<unknown>;
  /** In place of what was there. */
  write(taskId: string, value: unknown): Promise<void>;
}

/**
 * Thrown by a task that cannot end in this invocation, has got on in it, and has written down where the next one goes
 * on: the worker gives its shard up, and no death is held against the task.
 */
export class TaskUnfinished extends Error {
  override readonly name = 'TaskUnfinished';
  constructor() {
    super('The task goes on in another invocation.');
  }
}
