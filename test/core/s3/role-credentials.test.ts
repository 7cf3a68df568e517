import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts';
import { describe, expect, test } from '@jest/globals';
import { roleCredentials } from '../../../core/s3/role-credentials.ts';
import { VirtualClock } from '../signed-http/virtual-clock.ts';

const ROLE = 'arn:aws:iam::111122223333:role/drover/batch';
const MINUTE = 60_000;

function rig(answer?: () => Promise<unknown>) {
  const clock = new VirtualClock();
  const calls: unknown[] = [];
  const hour = async () => ({
    Credentials: {
      AccessKeyId: `AKID${calls.length}`,
      SecretAccessKey: 'secret',
      SessionToken: 'token',
      Expiration: new Date(clock.time + 60 * MINUTE),
    },
  });
  const send = async (command: unknown) => {
    expect(command).toBeInstanceOf(AssumeRoleCommand);
    calls.push((command as AssumeRoleCommand).input);
    await Promise.resolve();
    return (answer ?? hour)();
  };
  const sts = { send } as unknown as Pick<STSClient, 'send'>;
  const source = roleCredentials({ sts, roleArn: ROLE, jobId: 'job-1', externalId: 'drover', clock });
  return { source, calls, clock };
}

describe('the credentials of a role', () => {
  test('are asked for in the name of the job', async () => {
    const { source, calls, clock } = rig();
    expect(await source()).toEqual({
      accessKeyId: 'AKID1',
      secretAccessKey: 'secret',
      sessionToken: 'token',
      expiration: new Date(clock.time + 60 * MINUTE),
    });
    expect(calls).toEqual([{ RoleArn: ROLE, RoleSessionName: 'job-1', ExternalId: 'drover', DurationSeconds: 3600 }]);
  });

  test('are asked for once by all that want them together, and kept', async () => {
    const { source, calls, clock } = rig();
    await Promise.all(Array.from({ length: 20 }, () => source()));
    clock.time += 54 * MINUTE;
    await source();
    expect(calls).toHaveLength(1);
  });

  test('are renewed five minutes before they end', async () => {
    const { source, calls, clock } = rig();
    await source();
    clock.time += 55 * MINUTE + 1;
    expect((await Promise.all([source(), source()])).map(({ accessKeyId }) => accessKeyId)).toEqual(['AKID2', 'AKID2']);
    expect(calls).toHaveLength(2);
  });

  test('are renewed when fresh ones are asked for, once for all', async () => {
    const { source, calls } = rig();
    await source();
    await Promise.all([source({ fresh: true }), source({ fresh: true })]);
    expect((await source()).accessKeyId).toBe('AKID2');
    expect(calls).toHaveLength(2);
  });

  test('that cannot be had are the trouble of the job, which names the role and what STS said; and are tried anew', async () => {
    let refuse = true;
    const { source, calls } = rig(async () => {
      if (refuse) throw Object.assign(new Error('not authorized to perform: sts:AssumeRole'), { name: 'AccessDenied' });
      return { Credentials: { AccessKeyId: 'AKID', SecretAccessKey: 's', SessionToken: 't', Expiration: new Date(0) } };
    });
    await expect(source()).rejects.toMatchObject({
      name: 'JobTrouble',
      code: 'RoleCannotBeAssumed',
      message: `The role ${ROLE} cannot be assumed: AccessDenied: not authorized to perform: sts:AssumeRole`,
    });
    refuse = false;
    expect((await source()).accessKeyId).toBe('AKID');
    expect(calls).toHaveLength(2);
  });

  test('that STS leaves out are a trouble too, whose reason fits a job', async () => {
    const { source } = rig(async () => ({}));
    await expect(source()).rejects.toMatchObject({ code: 'RoleCannotBeAssumed' });
    const long = rig(async () => {
      throw new Error('x'.repeat(1000));
    });
    const error = await long.source().catch((thrown: Error) => thrown);
    expect((error as Error).message).toHaveLength(256);
  });
});
