import {
  DescribeExecutionCommand,
  ListMapRunsCommand,
  type SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
  UpdateMapRunCommand,
} from '@aws-sdk/client-sfn';
import type { Stage } from '../job/status.ts';
import type { ExecutionStatus, Executions } from './executions.ts';

/** ARNs of the three state machines. */
export type StateMachines = Readonly<Record<Stage, string>>;

/** The executions in Step Functions. */
export function createStepFunctionsExecutions(client: SFNClient, machines: StateMachines): Executions {
  const name = (jobId: string, stage: Stage, epoch: number): string => `${jobId}-${stage}-${epoch}`;
  const arn = (jobId: string, stage: Stage, epoch: number): string =>
    `${machines[stage].replace(':stateMachine:', ':execution:')}:${name(jobId, stage, epoch)}`;

  return {
    async start(jobId, stage, epoch) {
      // The machines' first turn (core/engine/turn.ts).
      const input = { jobId, epoch, turn: 0 };
      await unless(
        'ExecutionAlreadyExists',
        client.send(
          new StartExecutionCommand({
            stateMachineArn: machines[stage],
            name: name(jobId, stage, epoch),
            input: JSON.stringify(input),
          }),
        ),
      );
    },
    async stop(jobId, stage, epoch) {
      const stop = new StopExecutionCommand({
        executionArn: arn(jobId, stage, epoch),
        cause: 'The job does not want this stage to go on.',
      });
      await unless('ExecutionDoesNotExist', client.send(stop));
    },
    async status(jobId, stage, epoch): Promise<ExecutionStatus> {
      const describe = new DescribeExecutionCommand({ executionArn: arn(jobId, stage, epoch) });
      const answer = await unless('ExecutionDoesNotExist', client.send(describe));
      if (answer === undefined) return 'absent';
      return answer.status === 'RUNNING' || answer.status === 'PENDING_REDRIVE' ? 'running' : 'ended';
    },
    async setConcurrency(jobId, stage, epoch, workers) {
      const list = new ListMapRunsCommand({ executionArn: arn(jobId, stage, epoch), maxResults: 1_000 });
      const answer = await unless('ExecutionDoesNotExist', client.send(list));
      // All of them: an execution has up to 200, and in which order they are listed is not documented.
      const running = answer?.mapRuns?.find((run) => run.stopDate === undefined);
      if (running?.mapRunArn === undefined) return;
      // It may have ended since: the next wave takes the new share anyway.
      const update = new UpdateMapRunCommand({ mapRunArn: running.mapRunArn, maxConcurrency: workers });
      await unless('ValidationException', unless('ResourceNotFound', client.send(update)));
    },
  };
}

/** The answer; undefined if the service refused with this error. */
async function unless<Answer>(name: string, call: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof Error && error.name === name) return undefined;
    throw error;
  }
}
