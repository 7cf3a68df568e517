/** What a simulation holds the engine to. Numbers are those of DESIGN.md, "What must always hold". */
export const CHECKS = {
  'line-for-line': { of: '1', says: 'a job that is Complete has one line of its report for each line of its manifest' },
  'no-double-line': { of: '1', says: 'no task is in a report twice, whatever the status that its job ended in' },
  'true-results': { of: '1', says: 'a line of the report says what the operation said of that object' },
  'crashes-are-crashes': { of: '1', says: 'WorkerCrashed is said only of tasks whose workers ended three times' },
  'once-in-fair-weather': { of: '1', says: 'without a fault no task is carried out twice' },
  'counts-of-the-report': { of: '2', says: 'the counts of a job that has ended are those of the lines of its report' },
  'counts-grow': { of: '2', says: 'the counts that are shown of a job only grow' },
  'file-before-count': { of: '2', says: 'a part is counted when its results file is there, and as that file says' },
  'files-stay': { of: '2', says: 'a results file is written once and never changes' },
  'settled-before-sealed': { of: '2', says: 'results that were written before a block is settled are counted' },
  'fixed-when-ended': { of: '2', says: 'nothing is counted of a job that has ended, and its report stays as it is' },
  'report-before-end': { of: '2', says: 'a job ends when its report is out, not before' },
  'arrows-only': { of: '3', says: 'a status changes along an arrow, by a write on the version before it' },
  'newest-epoch-only': { of: '3', says: 'an execution, or its workers, changes a status only in its own epoch' },
  'a-cancel-holds': { of: '3', says: 'a job whose cancel was answered ends Cancelled, or Failed if it was failing' },
  'fails-for-a-cause': { of: '3', says: 'a job fails for its threshold, not for troubles that have passed' },
  'nothing-new-unwanted': {
    of: '4',
    says: 'a worker begins no task later than three seconds after it last saw it wanted',
  },
  'begun-is-counted': { of: '4', says: 'what an undisturbed worker has carried out is counted, and in the report' },
  'rate-holds': { of: 'limits', says: 'a job of so many tasks a second begins no more in any ten seconds' },
  'invocations-bounded': { of: 'limits', says: 'a job has no more function invocations at once than it may' },
  'priority-first': {
    of: 'scheduling',
    says: 'no job has workers for long while one of higher priority waits for some',
  },
  'counts-are-fresh': { of: 'watching', says: 'what was counted is shown within ten seconds' },
  'shares-fit': { of: 'capacity', says: 'all shares together fit the capacity, and a wave has its share at most' },
  'short-histories': { of: 'epochs', says: 'an execution hands over before its history is full' },
  'errors-have-causes': { of: 'engine', says: 'no function fails and no turn meets an error that no fault explains' },
  'every-job-ends': { of: 'liveness', says: 'once the faults have ended each job ends in bounded time' },
  'all-is-tidied': {
    of: 'liveness',
    says: 'when all jobs have ended nothing runs, and none is on the list of open jobs',
  },
} as const;

export type CheckName = keyof typeof CHECKS;

export class Violation extends Error {
  override readonly name = 'Violation';
  constructor(
    readonly check: CheckName,
    /** Milliseconds into the world. */
    readonly at: number,
    what: string,
  ) {
    super(what);
  }
}
