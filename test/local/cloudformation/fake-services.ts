import type { RestApi } from '../../../local/apigateway/rest-api.ts';
import type { StackServices } from '../../../local/cloudformation/stack-services.ts';

/** Services that make nothing and remember what they were asked for. */
export function fakeServices(): { services: StackServices; calls: unknown[][]; apis: RestApi[] } {
  const calls: unknown[][] = [];
  const apis: RestApi[] = [];
  const record =
    (name: string) =>
    async (...parameters: unknown[]): Promise<void> => {
      calls.push([name, ...parameters]);
    };
  const services: StackServices = {
    createBucket: record('createBucket'),
    createTable: record('createTable'),
    putFunction: record('putFunction'),
    setAsyncRetries: record('setAsyncRetries'),
    createStateMachine: record('createStateMachine'),
    putRule: record('putRule'),
    putTopic: async (name) => `arn:aws:sns:us-east-1:000000000000:${name}`,
    putSubscription: async (topicArn) => `${topicArn}:subscription`,
    putRestApi: async (api) => void apis.push(api),
  };
  return { services, calls, apis };
}
