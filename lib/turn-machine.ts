import { Duration, Validations } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import { MAP_LABEL, type MachineAddress } from './machine-address.ts';
import type { WorkBucket } from './work-bucket.ts';

export interface TurnMachineProps {
  readonly address: MachineAddress;
  /** Looks at the truth and says what is next. */
  readonly turn: lambda.IFunction;
  /** Does one row of the Map's CSV. */
  readonly item: lambda.IFunction;
  /** Where the CSV is. */
  readonly workBucket: WorkBucket;
}

/**
 * The one form of all state machines: a turn → what next? → a Distributed Map over a CSV in the work bucket, or a
 * wait, or the end. The functions do the thinking (core/engine/turn.ts has the protocol); whatever happens to a Map,
 * the next turn looks at what came of it. Plain JSONPath, so that any interpreter of the language can run it.
 */
export class TurnMachine extends Construct {
  readonly stateMachine: sfn.StateMachine;

  constructor(scope: Construct, id: string, props: TurnMachineProps) {
    super(scope, id);
    const turn = this.turn(props.turn);
    const map = this.map(props);
    // The map's answer is of no use; its errors (a lost reader, too many failures) are for the next turn to see.
    map.addCatch(turn, { errors: [sfn.Errors.ALL], resultPath: sfn.JsonPath.DISCARD });
    const wait = new sfn.Wait(this, 'Wait', { time: sfn.WaitTime.secondsPath('$.seconds') });
    turn.next(
      new sfn.Choice(this, 'What next')
        .when(sfn.Condition.stringEquals('$.action', 'map'), map.next(turn))
        .when(sfn.Condition.stringEquals('$.action', 'wait'), wait.next(turn))
        .when(sfn.Condition.stringEquals('$.action', 'done'), new sfn.Succeed(this, 'Done')),
    );

    this.stateMachine = new sfn.StateMachine(this, 'Machine', {
      stateMachineName: props.address.name,
      stateMachineType: sfn.StateMachineType.STANDARD,
      definitionBody: sfn.DefinitionBody.fromChainable(turn),
      // No timeout: a job may run for weeks. A Standard execution ends after a year by itself.
    });
    this.acknowledge();
  }

  // Both Task states may call any version of their function: the CDK adds `<function>:*` to what is granted.
  private turn(handler: lambda.IFunction): tasks.LambdaInvoke {
    const turn = new tasks.LambdaInvoke(this, 'Turn', {
      lambdaFunction: handler,
      payloadResponseOnly: true,
      payload: sfn.TaskInput.fromObject({
        jobId: sfn.JsonPath.stringAt('$.jobId'),
        epoch: sfn.JsonPath.numberAt('$.epoch'),
        turn: sfn.JsonPath.numberAt('$.turn'),
      }),
    });
    retryThrottles(turn);
    // A turn may be repeated. After that the execution fails, and the sweeper starts the next epoch's.
    turn.addRetry({ errors: [sfn.Errors.TASKS_FAILED], interval: Duration.seconds(2), maxAttempts: 2 });
    return turn;
  }

  private map(props: TurnMachineProps): sfn.DistributedMap {
    const map = new sfn.DistributedMap(this, 'Map', {
      label: MAP_LABEL,
      // Standard children can be stopped and may take 15 minutes; Express ones end after five, and cannot be stopped.
      mapExecutionType: sfn.StateMachineType.STANDARD,
      itemReader: new WorkCsvReader(props.workBucket),
      itemSelector: {
        jobId: sfn.JsonPath.stringAt('$.jobId'),
        epoch: sfn.JsonPath.numberAt('$.epoch'),
        deadline: sfn.JsonPath.numberAt('$.deadline'),
        item: sfn.JsonPath.objectAt('$$.Map.Item.Value'),
      },
      maxConcurrencyPath: '$.concurrency',
      // One failed child must not end a wave: what it did not do stands in the blocks.
      toleratedFailurePercentage: 100,
      resultPath: sfn.JsonPath.DISCARD,
    });
    const item = new tasks.LambdaInvoke(this, 'Item', {
      lambdaFunction: props.item,
      payloadResponseOnly: true,
      resultPath: sfn.JsonPath.DISCARD,
      // After a service error the invocation may still run: a second one beside it would look like the first had died.
      retryOnServiceExceptions: false,
    });
    retryThrottles(item);
    // The Map gathers its children's outputs and fails past 256 KiB, so each is as short as JSON can be.
    return map.itemProcessor(item.next(new sfn.Pass(this, 'Nothing', { result: sfn.Result.fromNumber(0) })));
  }

  private acknowledge(): void {
    Validations.of(this.stateMachine).acknowledge(
      {
        id: 'AwsSolutions-SF1',
        reason:
          'Log delivery needs permission to edit all resource policies of CloudWatch Logs in the account (there are ' +
          'ten). The history of each execution says the same and is kept for 90 days.',
      },
      { id: 'AwsSolutions-SF2', reason: 'X-Ray does not trace Distributed Maps.' },
    );
  }
}

/**
 * A function that has no room now will have it in a while; minutes of that are normal when a wave begins. With full
 * jitter, 20 tries and a minute at most between two, the last is made after some eight minutes.
 */
function retryThrottles(task: tasks.LambdaInvoke): void {
  task.addRetry({
    errors: ['Lambda.TooManyRequestsException'],
    interval: Duration.seconds(1),
    backoffRate: 2,
    maxDelay: Duration.minutes(1),
    maxAttempts: 20,
    jitterStrategy: sfn.JitterType.FULL,
  });
}

/** Reads `$.items` of the work bucket, with permission for the jobs' files only (the CDK's grants the whole bucket). */
class WorkCsvReader extends sfn.S3CsvItemReader {
  constructor(private readonly workBucket: WorkBucket) {
    super({
      bucket: workBucket.bucket as s3.IBucket,
      key: sfn.JsonPath.stringAt('$.items'),
      csvHeaders: sfn.CsvHeaders.useFirstRow(),
    });
  }

  override providePolicyStatements(): iam.PolicyStatement[] {
    return this.workBucket.mapReaderStatements();
  }
}
