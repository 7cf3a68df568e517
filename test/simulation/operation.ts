import { JobTrouble } from '../../core/job/job-trouble.ts';
import type { Operation, Task } from '../../core/operations/operation.ts';
import type { TaskResult } from '../../core/operations/task-result.ts';
import { type Invocation, never } from './invocation.ts';
import type { Random } from './random.ts';
import { FAILURE, type SimulatedJob, SUCCESS } from './scenario.ts';
import type { SimulatedTime } from './simulated-time.ts';

/** A task that was begun, and what became of it. */
export interface Carried {
  readonly taskId: string;
  readonly key: string;
  readonly by: Invocation;
  readonly began: number;
  ended: number | undefined;
}

/** The objects of one job: knows each call that was made for each of them. */
export class Objects {
  readonly carried: Carried[] = [];
  /** Tasks of living processes that have not ended. */
  inFlight = 0;

  constructor(
    readonly job: SimulatedJob,
    private readonly time: SimulatedTime,
    private readonly random: Random,
    private readonly began: (carried: Carried) => void,
    /** Whether a request is refused for the whole job: its credentials have been taken back. */
    private readonly isRefused: () => boolean,
  ) {}

  /** The operation as the worker of this invocation has it. */
  operationFor(
    by: Invocation,
    signal: AbortSignal,
    needs: Pick<Operation, 'concurrency' | 'invokesFunctions'>,
  ): Operation {
    return {
      ...needs,
      name: 'S3PutObjectTagging',
      execute: (task: Task) => this.execute(task, by, signal),
    } as Partial<Operation> as Operation;
  }

  resultOf(key: string): TaskResult {
    return this.job.fails(key) ? FAILURE : SUCCESS;
  }

  private async execute({ key, taskId }: Task, by: Invocation, signal: AbortSignal): Promise<TaskResult> {
    const carried: Carried = { taskId, key, by, began: this.time.now(), ended: undefined };
    this.carried.push(carried);
    this.inFlight += 1;
    this.began(carried);
    await this.takes(signal);
    this.inFlight -= 1;
    if (this.isRefused()) {
      by.disturbed = true;
      throw new JobTrouble('CredentialsRefused', 'simulated fault: the credentials were refused');
    }
    if (this.job.deadly.has(key)) by.kill();
    if (by.dead) return await never();
    if (signal.aborted) {
      by.disturbed = true;
      throw signal.reason;
    }
    carried.ended = this.time.now();
    return this.resultOf(key);
  }

  private async takes(signal: AbortSignal): Promise<void> {
    const [least, most] = this.job.taskMilliseconds;
    await new Promise<void>((resolve) => {
      const callOff = this.time.after(this.random.whole(least, most), resolve);
      signal.addEventListener('abort', () => {
        callOff();
        resolve();
      });
    });
  }
}
