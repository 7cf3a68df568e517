import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  GetCallerIdentityCommand,
  STSClient,
} from '@aws-sdk/client-sts';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { sessionCredentials } from '../../../local/sts/session-credentials.ts';
import { createStsService } from '../../../local/sts/sts-service.ts';

const ROLE = 'arn:aws:iam::000000000000:role/drover/Reader';
const ROOT = { accessKeyId: 'a', secretAccessKey: 'b' };
const deniedRoles = new Set<string>();
const clients: STSClient[] = [];
let server: Server;

function clientWith(credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }): STSClient {
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new STSClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
  clients.push(client);
  return client;
}

async function assume(input: Partial<AssumeRoleCommandInput> = {}, client = clientWith(ROOT)) {
  const answer = await client.send(new AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName: 'job-1', ...input }));
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '', Expiration } = answer.Credentials ?? {};
  const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
  return { credentials, expiration: Expiration, user: answer.AssumedRoleUser };
}

beforeAll(async () => {
  const service = createStsService({ identity: { account: '000000000000', region: 'us-east-1' }, deniedRoles });
  server = createServer((request, response) => void service.handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(() => {
  for (const client of clients.splice(0)) client.destroy();
  deniedRoles.clear();
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

describe('AssumeRole', () => {
  test('gives credentials of the role for an hour, whose caller identity is the session', async () => {
    const before = Date.now();
    const { credentials, expiration, user } = await assume({ ExternalId: 'deployment-1' });
    const arn = 'arn:aws:sts::000000000000:assumed-role/Reader/job-1';
    expect(user).toMatchObject({ Arn: arn });
    expect(user?.AssumedRoleId).toMatch(/^AROA[A-Z0-9]{17}:job-1$/);
    expect(credentials.accessKeyId).toMatch(/^ASIAREADER[A-Z0-9]+$/);
    const seconds = ((expiration?.getTime() ?? 0) - before) / 1_000;
    expect(Math.round(seconds)).toBeGreaterThanOrEqual(3_599);
    expect(Math.round(seconds)).toBeLessThanOrEqual(3_601);
    const identity = await clientWith(credentials).send(new GetCallerIdentityCommand({}));
    expect(identity).toMatchObject({ Arn: arn, Account: '000000000000', UserId: user?.AssumedRoleId });
  });

  test('takes 900 to 43,200 seconds, but an hour at most from a role', async () => {
    const { credentials } = await assume({ DurationSeconds: 43_200 });
    const refusal = { name: 'ValidationError', $metadata: { httpStatusCode: 400 } };
    await expect(assume({ DurationSeconds: 899 })).rejects.toMatchObject(refusal);
    await expect(assume({ DurationSeconds: 43_201 })).rejects.toMatchObject(refusal);
    await expect(assume({ DurationSeconds: 3_601 }, clientWith(credentials))).rejects.toMatchObject(refusal);
    await assume({ DurationSeconds: 3_600 }, clientWith(credentials));
  });

  test.each([
    ['a role that is no ARN', { RoleArn: 'Reader' }],
    ['an ARN that is no role', { RoleArn: 'arn:aws:iam::000000000000:user/someone-else' }],
    ['a session name with a space', { RoleSessionName: 'job 1' }],
    ['a session name of one letter', { RoleSessionName: 'j' }],
    ['a session name of 65 letters', { RoleSessionName: 'j'.repeat(65) }],
    ['an external id with a space', { ExternalId: 'a b' }],
  ])('refuses %s', async (_, input) => {
    await expect(assume(input)).rejects.toMatchObject({ name: 'ValidationError', $metadata: { httpStatusCode: 400 } });
  });

  test('is denied in the words of AWS for a role that is made unassumable', async () => {
    deniedRoles.add(ROLE);
    await expect(assume()).rejects.toMatchObject({
      name: 'AccessDenied',
      message: `User: arn:aws:iam::000000000000:root is not authorized to perform: sts:AssumeRole on resource: ${ROLE}`,
      $metadata: { httpStatusCode: 403 },
    });
  });
});

describe('GetCallerIdentity', () => {
  test('is the account for any other key', async () => {
    const identity = await clientWith(ROOT).send(new GetCallerIdentityCommand({}));
    expect(identity).toMatchObject({ Arn: 'arn:aws:iam::000000000000:root', Account: '000000000000' });
  });

  test('is refused to a session that has ended', async () => {
    const ended = sessionCredentials({ roleArn: ROLE, sessionName: 'job-1', expiration: new Date(Date.now() - 1) });
    const call = clientWith(ended).send(new GetCallerIdentityCommand({}));
    await expect(call).rejects.toMatchObject({ name: 'ExpiredToken' });
  });
});
