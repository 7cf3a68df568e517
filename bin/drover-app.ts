/**
 * The CDK app: one DroverStack. Settings come from the CDK context (`cdk deploy -c jobRoles=…`) or the environment:
 *
 *   stackName             DROVER_STACK_NAME              default Drover
 *   maxConcurrentWorkers  DROVER_MAX_CONCURRENT_WORKERS  default 100
 *   maxActiveJobs         DROVER_MAX_ACTIVE_JOBS         default: as many as workers
 *   jobRoles              DROVER_JOB_ROLES               ARNs or patterns, with commas between them
 *   notificationTopic     DROVER_NOTIFICATION_TOPIC      ARN of the topic that is told of all jobs; default: none
 *   jobTopics             DROVER_JOB_TOPICS              topics that jobs may name, like jobRoles; default: none
 */
import { App } from 'aws-cdk-lib';
import { DroverStack } from '../lib/drover-stack.ts';
import { InvalidSetting } from '../lib/invalid-setting.ts';

const app = new App();

try {
  addStack();
} catch (error) {
  if (!(error instanceof InvalidSetting)) throw error;
  console.error(error.message);
  // Not exitCode: an App that is left alone synthesizes what it has.
  process.exit(1);
}

function addStack(): void {
  const stackName = setting('stackName', 'DROVER_STACK_NAME');
  const workers = setting('maxConcurrentWorkers', 'DROVER_MAX_CONCURRENT_WORKERS');
  const activeJobs = setting('maxActiveJobs', 'DROVER_MAX_ACTIVE_JOBS');
  const jobRoles = setting('jobRoles', 'DROVER_JOB_ROLES');
  const topic = setting('notificationTopic', 'DROVER_NOTIFICATION_TOPIC');
  const jobTopics = setting('jobTopics', 'DROVER_JOB_TOPICS');
  new DroverStack(app, 'Drover', {
    ...(stackName !== undefined && { stackName }),
    ...(workers !== undefined && { maxConcurrentWorkers: Number(workers) }),
    ...(activeJobs !== undefined && { maxActiveJobs: Number(activeJobs) }),
    ...(jobRoles !== undefined && { jobRoles: listed(jobRoles) }),
    ...(topic !== undefined && { notificationTopic: topic }),
    ...(jobTopics !== undefined && { jobTopics: listed(jobTopics) }),
  });
}

function listed(value: string): string[] {
  return value.split(',').map((part) => part.trim());
}

function setting(context: string, variable: string): string | undefined {
  const value: unknown = app.node.tryGetContext(context) ?? process.env[variable];
  return value === undefined || value === '' ? undefined : String(value);
}
