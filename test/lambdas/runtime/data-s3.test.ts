import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { dataAddressingStyle, dataS3Settings } from '../../../lambdas/runtime/data-s3.ts';
import { startS3, type TestS3 } from '../../local/s3/s3-harness.ts';

const VARIABLES = ['AWS_REGION', 'AWS_ENDPOINT_URL', 'DROVER_S3_ENDPOINT', 'DROVER_S3_ADDRESSING_STYLE'] as const;
const before = Object.fromEntries(VARIABLES.map((name) => [name, process.env[name]]));

function set(values: Partial<Record<(typeof VARIABLES)[number], string | undefined>>): void {
  for (const name of VARIABLES) {
    if (values[name] === undefined) delete process.env[name];
    else process.env[name] = values[name];
  }
}

describe('the settings of the S3 that objects are in', () => {
  beforeEach(() => set({ AWS_REGION: 'eu-west-1' }));
  afterEach(() => set(before));

  test('at AWS are the SDK’s own', () => {
    expect(dataS3Settings()).toEqual({ region: 'eu-west-1' });
  });

  test('at an endpoint are in path style, unless told otherwise', () => {
    set({ AWS_REGION: 'eu-west-1', DROVER_S3_ENDPOINT: 'http://s3.localhost:9000' });
    expect(dataS3Settings()).toMatchObject({ endpoint: 'http://s3.localhost:9000', forcePathStyle: true });
    process.env.DROVER_S3_ADDRESSING_STYLE = 'virtual';
    expect(dataS3Settings()).toMatchObject({ forcePathStyle: false });
    expect(dataAddressingStyle()).toBe('virtual');
  });

  describe('take the SDK to it', () => {
    let s3: TestS3;
    beforeEach(async () => {
      s3 = await startS3();
    });
    afterEach(async () => {
      await s3.stop();
    });

    test.each(['path', 'virtual'])('in %s style', async (style) => {
      const Bucket = await s3.bucket();
      set({
        AWS_REGION: 'us-east-1',
        DROVER_S3_ENDPOINT: `http://s3.localhost:${s3.port}`,
        DROVER_S3_ADDRESSING_STYLE: style,
      });
      const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
      const client = new S3Client({ ...dataS3Settings(), credentials, maxAttempts: 1 });
      const hosts: string[] = [];
      client.middlewareStack.add(
        (next) => async (args) => {
          hosts.push((args.request as { hostname: string }).hostname);
          return next(args);
        },
        { step: 'finalizeRequest' },
      );
      await client.send(new PutObjectCommand({ Bucket, Key: 'a//b', Body: 'x' }));
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: 'a//b' }));
      expect(await Body?.transformToString()).toBe('x');
      const host = style === 'virtual' ? `${Bucket}.s3.localhost` : 's3.localhost';
      expect(hosts).toEqual([host, host]);
      client.destroy();
    });
  });
});
