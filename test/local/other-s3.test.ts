import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { otherS3Environment } from '../../local/other-s3.ts';

const VARIABLES = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_REGION',
  'AWS_DEFAULT_REGION',
] as const;
const before = Object.fromEntries(VARIABLES.map((name) => [name, process.env[name]]));

beforeEach(() => {
  for (const name of VARIABLES) {
    delete process.env[name];
  }
  process.env.AWS_ACCESS_KEY_ID = 'minio';
  process.env.AWS_SECRET_ACCESS_KEY = 'secret';
});

afterEach(() => {
  for (const name of VARIABLES) {
    delete process.env[name];
    if (before[name] !== undefined) {
      process.env[name] = before[name];
    }
  }
});

test('functions are told the other S3, with the credentials that AWS clients would find', async () => {
  expect(await otherS3Environment('http://minio.local:9000', 'us-east-1')).toEqual({
    DROVER_S3_ENDPOINT: 'http://minio.local:9000',
    DROVER_S3_ADDRESSING_STYLE: 'path',
    DROVER_S3_REGION: 'us-east-1',
    DROVER_S3_ACCESS_KEY_ID: 'minio',
    DROVER_S3_SECRET_ACCESS_KEY: 'secret',
  });
});

test('a session and a Region of the environment are passed on', async () => {
  process.env.AWS_SESSION_TOKEN = 'session';
  process.env.AWS_REGION = 'eu-west-1';
  expect(await otherS3Environment('https://s3.eu-west-1.amazonaws.com', 'us-east-1')).toMatchObject({
    DROVER_S3_REGION: 'eu-west-1',
    DROVER_S3_SESSION_TOKEN: 'session',
  });
});

test('so is the style of its addresses, which asks for a host with a name', async () => {
  expect(await otherS3Environment('http://s3.localhost:9000', 'us-east-1', 'virtual')).toMatchObject({
    DROVER_S3_ADDRESSING_STYLE: 'virtual',
  });
  for (const host of ['127.0.0.1', '[::1]']) {
    await expect(otherS3Environment(`http://${host}:9000`, 'us-east-1', 'virtual')).rejects.toThrow(
      /a name such as http:\/\/s3\.localhost:9000, not the address /,
    );
  }
});
