import type { RestApi } from '../apigateway/rest-api.ts';
import type { TableDefinition } from '../dynamodb/dynamodb-service.ts';
import type { TemplateValue } from './template.ts';

/** What the loader asks of the services, to make the resources of a template. Each call may be made again at any start. */
export interface StackServices {
  createBucket(bucket: BucketDefinition): Promise<void>;
  createTable(table: TableDefinition): Promise<void>;
  /** @param settings the properties of AWS::Lambda::Function that are not name or code, resolved. */
  putFunction(name: string, settings: Readonly<Record<string, TemplateValue>>, codeFolder: string): Promise<void>;
  setAsyncRetries(functionName: string, retries: number): Promise<void>;
  createStateMachine(machine: StateMachineDefinition): Promise<void>;
  /** @param properties those of AWS::Events::Rule that are not its name, resolved. */
  putRule(name: string, properties: Readonly<Record<string, TemplateValue>>): Promise<void>;
  /** Answers the topic's ARN. */
  putTopic(name: string): Promise<string>;
  /** Answers the subscription's ARN. */
  putSubscription(topicArn: string, protocol: string, endpoint: string): Promise<string>;
  putRestApi(api: RestApi): Promise<void>;
}

/** A bucket, as a template declares it. */
export interface BucketDefinition {
  readonly name: string;
  readonly versioned: boolean;
  /** Whether its events go to the default bus. */
  readonly eventBridge: boolean;
}

/** A state machine, as a template declares it. */
export interface StateMachineDefinition {
  readonly name: string;
  /** In the Amazon States Language: a JSON document. */
  readonly definition: string;
  readonly roleArn: string;
}
