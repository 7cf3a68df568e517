import type { TaskNotes } from '../operations/task-notes.ts';
import type { WorkStore } from '../stores/work-store.ts';
import { taskNoteKey } from './work-keys.ts';

/** The notes of a job's tasks, in the work bucket beside its other files. */
export function workNotes(work: WorkStore, jobId: string): TaskNotes {
  return {
    async read(taskId) {
      const found = await work.get(taskNoteKey(jobId, taskId));
      return found === undefined ? undefined : JSON.parse(found.body.toString('utf8'));
    },
    async write(taskId, value) {
      await work.put(taskNoteKey(jobId, taskId), JSON.stringify(value));
    },
  };
}
