import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { customResource, onCustomResource } from '../../../lambdas/trigger/stack-trigger.ts';
import { JOB, World } from '../../core/triggers/world.ts';

let server: Server;
let answers: { method: string; type: string; body: Record<string, unknown> }[];
let world: World;

beforeEach(async () => {
  answers = [];
  world = new World();
  server = createServer(async (request, response) => {
    const body = JSON.parse(await text(request)) as Record<string, unknown>;
    answers.push({ method: request.method ?? '', type: request.headers['content-type'] ?? '', body });
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const DEFINITION = { Kind: 'Inventory', Bucket: 'arn:aws:s3:::inventories', Prefix: 'photos', Job: JOB };

async function ask(RequestType: string, Name = 'nightly', definition: unknown = DEFINITION): Promise<unknown> {
  const request = {
    RequestType,
    ResponseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/signed?a=b`,
    StackId: 'stack',
    RequestId: 'request',
    LogicalResourceId: 'Trigger',
    ...(RequestType === 'Create' ? {} : { PhysicalResourceId: 'trigger:nightly' }),
    ResourceType: 'Custom::DroverTrigger',
    ResourceProperties: { ServiceToken: 'arn', Name, Definition: JSON.stringify(definition) },
  };
  await onCustomResource(world.deps, customResource.parse(request));
  return answers.pop();
}

const SUCCESS = {
  method: 'PUT',
  // The URL is signed for a request without one.
  type: '',
  body: {
    Status: 'SUCCESS',
    PhysicalResourceId: 'trigger:nightly',
    StackId: 'stack',
    RequestId: 'request',
    LogicalResourceId: 'Trigger',
  },
};

test('what CloudFormation asks for is done, and asked again it is done already', async () => {
  expect(await ask('Create')).toEqual(SUCCESS);
  expect(await ask('Create')).toEqual(SUCCESS);
  expect(await world.triggers.get('nightly')).toMatchObject({ definedBy: 'stack', definition: DEFINITION });
  expect(await ask('Update', 'nightly', { ...DEFINITION, Overlap: 'Run' })).toEqual(SUCCESS);
  expect(await world.triggers.get('nightly')).toMatchObject({ definition: { Overlap: 'Run' } });
  expect(await ask('Delete')).toEqual(SUCCESS);
  expect(await ask('Delete')).toEqual(SUCCESS);
  expect(await world.triggers.list()).toEqual([]);
});

test('another name is another resource', async () => {
  await ask('Create');
  expect(await ask('Update', 'hourly')).toMatchObject({ body: { PhysicalResourceId: 'trigger:hourly' } });
  expect((await world.triggers.list()).map(({ name }) => name)).toEqual(['hourly', 'nightly']);
});

test('a trigger that is on its way out makes room for the one that follows', async () => {
  await ask('Create');
  const trigger = (await world.triggers.get('nightly'))!;
  await world.triggers.put({ ...trigger, deleting: true, enabled: false, version: trigger.version + 1 });
  expect(await ask('Create')).toEqual(SUCCESS);
  expect(await world.triggers.get('nightly')).toMatchObject({ enabled: true, version: 1 });
});

test.each<[string, unknown, string]>([
  ['a definition that is wrong', { ...DEFINITION, Prefix: undefined }, 'Trigger nightly: Prefix is missing'],
  [
    'a role that jobs may not use',
    { ...DEFINITION, Job: { ...JOB, RoleArn: 'arn:aws:iam::123456789012:role/admin' } },
    'Jobs may not use the role',
  ],
])('%s fails the deployment, with the reason', async (_, definition, reason) => {
  expect(await ask('Create', 'nightly', definition)).toMatchObject({
    body: { Status: 'FAILED', Reason: expect.stringContaining(reason), PhysicalResourceId: 'trigger:nightly' },
  });
  expect(await world.triggers.list()).toEqual([]);
});

test('a trigger that callers made is not taken, and the rollback leaves it alone', async () => {
  await world.define('nightly', {});
  expect(await ask('Create')).toMatchObject({
    body: { Status: 'FAILED', Reason: expect.stringContaining('over the API') },
  });
  expect(await ask('Delete')).toEqual(SUCCESS);
  expect(await world.triggers.get('nightly')).toMatchObject({ definedBy: 'api', enabled: true });
});
