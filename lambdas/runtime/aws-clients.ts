import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { STSClient } from '@aws-sdk/client-sts';
import { optionalVariable } from './environment.ts';

/** All blocks of a job lie in one partition: a burst of workers is throttled for seconds, which no task should notice. */
const TABLE_ATTEMPTS = 10;

/**
 * The function's own clients, with the function's own role: for tables, the work bucket and the machines. One of each a
 * process; the SDK finds Region and endpoint in its usual variables. With an endpoint of its own S3 is spoken to path
 * style, for a name like `bucket.127.0.0.1` leads nowhere.
 */
export const dynamoDb = lazy(() => new DynamoDBClient({ maxAttempts: TABLE_ATTEMPTS }));
export const eventBridge = lazy(() => new EventBridgeClient({}));
export const lambda = lazy(() => new LambdaClient({}));
export const stepFunctions = lazy(() => new SFNClient({}));
export const sns = lazy(() => new SNSClient({}));
export const sts = lazy(() => new STSClient({}));
export const workS3 = lazy(() => new S3Client({ forcePathStyle: optionalVariable('AWS_ENDPOINT_URL') !== undefined }));

function lazy<Client>(make: () => Client): () => Client {
  let client: Client | undefined;
  return () => {
    client ??= make();
    return client;
  };
}
