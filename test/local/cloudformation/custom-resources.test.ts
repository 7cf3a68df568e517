import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type CustomResource, settleCustomResources } from '../../../local/cloudformation/custom-resources.ts';

const ARN = 'arn:aws:lambda:us-east-1:000000000000:function:maker';

let folder: string;
let asked: Record<string, unknown>[];
/** What the function does with a request; answers by default that all is well. */
let react: (event: Record<string, unknown>) => Promise<void>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drover-custom-'));
  asked = [];
  react = (event) => answer(event, { Status: 'SUCCESS', PhysicalResourceId: `id:${nameOf(event)}` });
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

function nameOf(event: Record<string, unknown>): unknown {
  return (event['ResourceProperties'] as Record<string, unknown>)['Name'];
}

async function answer(event: Record<string, unknown>, body: object): Promise<void> {
  await fetch(String(event['ResponseURL']), { method: 'PUT', body: JSON.stringify(body) });
}

const resource = (logicalId: string, Name: string, more: CustomResource['properties'] = {}): CustomResource => ({
  logicalId,
  type: 'Custom::Thing',
  serviceToken: ARN,
  properties: { ServiceToken: ARN, Name, ...more },
});

const settle = (wanted: readonly CustomResource[], patience = 5_000): Promise<void> =>
  settleCustomResources(wanted, {
    folder,
    stackId: 'stack',
    patience,
    functions: {
      invoke: async (_, payload) => {
        const event = JSON.parse(payload) as Record<string, unknown>;
        asked.push(event);
        await react(event);
        return { payload: 'null' };
      },
    },
  });

const requests = (): string[] => asked.splice(0).map((event) => `${event['RequestType']} ${nameOf(event)}`);

test('a resource is created once, changed when its properties are, and deleted when it is gone', async () => {
  await settle([resource('A', 'a', { Count: 3, On: true }), resource('B', 'b')]);
  expect(asked[0]).toMatchObject({
    StackId: 'stack',
    LogicalResourceId: 'A',
    ResourceType: 'Custom::Thing',
    ResourceProperties: { ServiceToken: ARN, Name: 'a', Count: '3', On: 'true' },
  });
  expect(requests()).toEqual(['Create a', 'Create b']);
  await settle([resource('A', 'a', { Count: 3, On: true }), resource('B', 'b')]);
  expect(requests()).toEqual([]);
  await settle([resource('A', 'a', { Count: 4, On: true })]);
  expect(asked[0]).toMatchObject({
    PhysicalResourceId: 'id:a',
    ResourceProperties: { Count: '4' },
    OldResourceProperties: { Count: '3' },
  });
  expect(requests()).toEqual(['Update a', 'Delete b']);
  await settle([]);
  expect(requests()).toEqual(['Delete a']);
  await settle([]);
  expect(requests()).toEqual([]);
});

test('one that gets another id is another resource: the old one is deleted', async () => {
  await settle([resource('A', 'a')]);
  await settle([resource('A', 'b')]);
  expect(requests()).toEqual(['Create a', 'Update b', 'Delete a']);
});

test('a refusal is told with its reason, and asked for again at the next start', async () => {
  react = (event) => answer(event, { Status: 'FAILED', Reason: 'no such role' });
  await expect(settle([resource('A', 'a')])).rejects.toThrow('A (Custom::Thing) could not be made: no such role');
  react = (event) => answer(event, { Status: 'SUCCESS' });
  await settle([resource('A', 'a')]);
  expect(requests()).toEqual(['Create a', 'Create a']);
});

test('a function that fails, or never answers, is told of', async () => {
  react = async () => {
    throw new Error('it died');
  };
  await expect(settle([resource('A', 'a')])).rejects.toThrow(/could not be made: Error: it died/);
  react = async () => {};
  await expect(settle([resource('A', 'a')], 20)).rejects.toThrow(/has not answered for 0\.02 seconds/);
});

test('what is no answer is not taken for one', async () => {
  react = async (event) => {
    const url = String(event['ResponseURL']);
    const statuses = [
      await fetch(url, { method: 'PUT', body: 'SUCCESS' }),
      await fetch(url, { method: 'PUT', body: JSON.stringify({ Status: 'SUCCESS', Reason: 'x'.repeat(5_000) }) }),
      await fetch(`${url}x`, { method: 'PUT', body: JSON.stringify({ Status: 'SUCCESS' }) }),
    ].map(({ status }) => status);
    await answer(event, { Status: 'FAILED', Reason: statuses.join() });
  };
  await expect(settle([resource('A', 'a')])).rejects.toThrow('400,400,400');
});
