import type { CloudOptions, RunningCloud } from '../runtime.ts';
import type { Message } from './message.ts';

/** What `drover start` says once it is listening: what there is, and what to try. */
export function cloudStarted(cloud: RunningCloud, options: CloudOptions, folder: string, seconds: number): Message {
  const elsewhere = options.s3Endpoint === undefined ? '' : `\n  Objects, manifests and reports: ${options.s3Endpoint}`;
  return {
    text: `Drover listens at ${cloud.endpoint} (ready in ${seconds.toFixed(1)} s)
  Account ${options.account}, Region ${options.region}; everything is kept in ${folder}
  S3, the job API, Lambda, Step Functions, DynamoDB, EventBridge and STS all answer there.${elsewhere}

To try it, in another terminal:
  export AWS_ENDPOINT_URL=${cloud.endpoint} AWS_DEFAULT_REGION=${options.region} AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test
  aws s3 mb s3://photos
  ${droverAt(cloud.endpoint)} jobs list
  ${droverAt(cloud.endpoint)} jobs create --help

Ctrl-C ends it.`,
    json: {
      Endpoint: cloud.endpoint,
      Account: options.account,
      Region: options.region,
      Data: folder,
      Outputs: cloud.outputs,
    },
  };
}

/** The command line of this checkout or package, told where to go if that is not where it goes by itself. */
function droverAt(endpoint: string): string {
  return endpoint === 'http://127.0.0.1:9800' ? 'npx drover' : `npx drover --endpoint ${endpoint}`;
}
