import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteBucketEncryptionCommand,
  GetBucketEncryptionCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutBucketEncryptionCommand,
  PutObjectCommand,
  type ServerSideEncryptionRule,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { codeOf, failure, startS3, type TestS3 } from './s3-harness.ts';

const KEY_ID = '1234abcd-12ab-34cd-56ef-1234567890ab';
const KEY_ARN = `arn:aws:kms:us-east-1:000000000000:key/${KEY_ID}`;
/** An ARN of this account and Region. */
const SOME_KEY = /^arn:aws:kms:us-east-1:000000000000:key\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const HELLO_MD5 = '"5d41402abc4b2a76b9719d911017c592"';

let s3: TestS3;
let Bucket: string;
beforeAll(async () => {
  s3 = await startS3();
  Bucket = await s3.bucket();
});
afterAll(() => s3.stop());

type Wishes = Partial<ConstructorParameters<typeof PutObjectCommand>[0]>;
const put = (Key: string, wishes: Wishes = {}) =>
  s3.client.send(new PutObjectCommand({ Bucket, Key, Body: 'hello', ...wishes }));
const copy = (wishes: Partial<ConstructorParameters<typeof CopyObjectCommand>[0]>) =>
  s3.client.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/source`, ...wishes }));
const head = (Key: string, name = Bucket) => s3.client.send(new HeadObjectCommand({ Bucket: name, Key }));
const KMS = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: KEY_ID } as const;
/** What an answer says of the encryption. */
const said = (answer: {
  ServerSideEncryption?: string | undefined;
  SSEKMSKeyId?: string | undefined;
  BucketKeyEnabled?: boolean | undefined;
}) => [answer.ServerSideEncryption, answer.SSEKMSKeyId, answer.BucketKeyEnabled];

describe('an object', () => {
  test.each<[string, Wishes, unknown[]]>([
    ['no encryption', {}, ['AES256', undefined, undefined]],
    ['AES256', { ServerSideEncryption: 'AES256' }, ['AES256', undefined, undefined]],
    ['a key id', KMS, ['aws:kms', KEY_ARN, undefined]],
    ['a key ARN', { ...KMS, SSEKMSKeyId: KEY_ARN }, ['aws:kms', KEY_ARN, undefined]],
    [
      'a multi-Region key',
      { ...KMS, SSEKMSKeyId: `mrk-${'0a'.repeat(16)}` },
      ['aws:kms', `arn:aws:kms:us-east-1:000000000000:key/mrk-${'0a'.repeat(16)}`, undefined],
    ],
    ['an alias', { ...KMS, SSEKMSKeyId: 'alias/mine' }, ['aws:kms', expect.stringMatching(SOME_KEY), undefined]],
    ['no key', { ServerSideEncryption: 'aws:kms' }, ['aws:kms', expect.stringMatching(SOME_KEY), undefined]],
    ['a bucket key', { ...KMS, BucketKeyEnabled: true }, ['aws:kms', KEY_ARN, true]],
    ['no bucket key', { ...KMS, BucketKeyEnabled: false }, ['aws:kms', KEY_ARN, undefined]],
    ['two layers', { ...KMS, ServerSideEncryption: 'aws:kms:dsse' }, ['aws:kms:dsse', KEY_ARN, undefined]],
  ])('put with %s says so whenever it is asked', async (_, wishes, expected) => {
    const answer = await put('k', wishes);
    expect(said(answer)).toEqual(expected);
    expect(said(await head('k'))).toEqual(expected);
    const got = await s3.client.send(new GetObjectCommand({ Bucket, Key: 'k' }));
    expect(said(got)).toEqual(expected);
    expect(await got.Body?.transformToString()).toBe('hello');
    expect(got.ETag).toBe(answer.ETag);
    expect(got.ETag === HELLO_MD5).toBe(expected[0] === 'AES256');
  });

  test('has the same key by an alias, its ARN, and the managed key’s own', async () => {
    const keyOf = async (SSEKMSKeyId?: string) =>
      (await put('k', { ServerSideEncryption: 'aws:kms', ...(SSEKMSKeyId !== undefined && { SSEKMSKeyId }) }))
        .SSEKMSKeyId;
    expect(await keyOf('arn:aws:kms:us-east-1:000000000000:alias/mine')).toBe(await keyOf('alias/mine'));
    expect(await keyOf()).toBe(await keyOf('alias/aws/s3'));
    expect(await keyOf()).not.toBe(await keyOf('alias/mine'));
  });

  test.each<[string, Record<string, string>, string]>([
    ['unknown algorithm', { '': 'ROT13' }, 'InvalidArgument 400'],
    ['empty algorithm', { '': '' }, 'InvalidArgument 400'],
    ['algorithm of file systems', { '': 'aws:fsx' }, 'InvalidArgument 400'],
    ['key without algorithm', { '-aws-kms-key-id': KEY_ID }, 'InvalidArgument 400'],
    ['key for AES256', { '': 'AES256', '-aws-kms-key-id': KEY_ID }, 'InvalidArgument 400'],
    ['key id of another form', { '': 'aws:kms', '-aws-kms-key-id': 'fake-key-id' }, 'KMS.NotFoundException 400'],
    ['alias without its prefix', { '': 'aws:kms', '-aws-kms-key-id': 'aws/s3' }, 'KMS.NotFoundException 400'],
    [
      'key of another Region',
      { '': 'aws:kms', '-aws-kms-key-id': KEY_ARN.replace('us-east-1', 'eu-west-1') },
      'KMS.NotFoundException 400',
    ],
    [
      'key of another account',
      { '': 'aws:kms', '-aws-kms-key-id': KEY_ARN.replace('000000000000', '111122223333') },
      'AccessDenied 403',
    ],
    ['ARN of something else', { '': 'aws:kms', '-aws-kms-key-id': 'arn:aws:s3:::b' }, 'KMS.NotFoundException 400'],
    ['encryption context', { '': 'aws:kms', '-context': 'e30=' }, 'NotImplemented 501'],
    ['bucket key that is neither', { '': 'aws:kms', '-bucket-key-enabled': 'maybe' }, 'InvalidArgument 400'],
    ['bucket key for two layers', { '': 'aws:kms:dsse', '-bucket-key-enabled': 'true' }, 'InvalidArgument 400'],
    ['key of the customer’s own', { '-customer-algorithm': 'AES256' }, 'AccessDenied 403'],
  ])('is not put, copied or begun with an %s', async (_, named, expected) => {
    const entries = Object.entries(named).map(
      ([name, value]) => [`x-amz-server-side-encryption${name}`, value] as const,
    );
    const headers = Object.fromEntries(entries);
    const path = `/${Bucket}/refused`;
    await put('source');
    expect(codeOf(await s3.send({ method: 'PUT', path, headers, body: 'x' }))).toBe(expected);
    const asCopy = { ...headers, 'x-amz-copy-source': `${Bucket}/source` };
    expect(codeOf(await s3.send({ method: 'PUT', path, headers: asCopy }))).toBe(expected);
    expect(codeOf(await s3.send({ method: 'POST', path: `${path}?uploads`, headers }))).toBe(expected);
    expect(await failure(head('refused'))).toBe('NotFound 404');
  });

  test.each([
    [KEY_ARN.replace('us-east-1', 'eu-west-1'), 'Invalid arn eu-west-1'],
    ['fake-key-id', "Invalid keyId 'fake-key-id'"],
    [
      KEY_ARN.replace('000000000000', '111122223333'),
      'is not authorized to perform: kms:GenerateDataKey on this resource',
    ],
  ])('names the key %s as S3 does when it refuses it', async (SSEKMSKeyId, expected) => {
    await expect(put('k', { ...KMS, SSEKMSKeyId })).rejects.toThrow(expected);
  });

  test('is not read with headers that ask for encryption', async () => {
    await put('k');
    const read = (headers: Record<string, string>) => s3.send({ path: `/${Bucket}/k`, headers });
    expect(codeOf(await read({ 'x-amz-server-side-encryption': 'AES256' }))).toBe('InvalidArgument 400');
    const own = { 'x-amz-server-side-encryption-customer-algorithm': 'AES256' };
    expect(codeOf(await read(own))).toBe('InvalidRequest 400');
  });
});

describe('a copy', () => {
  test('does not keep the encryption of its source', async () => {
    await put('source', { ...KMS, BucketKeyEnabled: true });
    expect(said(await copy({}))).toEqual(['AES256', undefined, undefined]);
    expect((await head('copy')).ETag).toBe(HELLO_MD5);
  });

  test('has the encryption that is asked for, and then an ETag that is no MD5', async () => {
    await put('source');
    const answer = await copy({ ...KMS, BucketKeyEnabled: true });
    expect(said(answer)).toEqual(['aws:kms', KEY_ARN, true]);
    expect(said(await head('copy'))).toEqual(['aws:kms', KEY_ARN, true]);
    expect(answer.CopyObjectResult?.ETag).toBe((await head('copy')).ETag);
    expect(answer.CopyObjectResult?.ETag).not.toBe(HELLO_MD5);
  });
});

describe('a multipart object', () => {
  test('is encrypted as its upload was begun; each part says so', async () => {
    const Key = 'parts';
    await put('source');
    const expected = ['aws:kms', KEY_ARN, true];
    const begun = await s3.client.send(
      new CreateMultipartUploadCommand({ Bucket, Key, ...KMS, BucketKeyEnabled: true }),
    );
    expect(said(begun)).toEqual(expected);
    const { UploadId } = begun;
    const sent = await s3.client.send(
      new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1, Body: Buffer.alloc(5 * 1024 ** 2) }),
    );
    expect(said(sent)).toEqual(expected);
    const CopySource = `${Bucket}/source`;
    const copied = await s3.client.send(
      new UploadPartCopyCommand({ Bucket, Key, UploadId, PartNumber: 2, CopySource }),
    );
    expect(said(copied)).toEqual(expected);
    expect(copied.CopyPartResult?.ETag).not.toBe(HELLO_MD5);
    const Parts = [
      { PartNumber: 1, ETag: sent.ETag },
      { PartNumber: 2, ETag: copied.CopyPartResult?.ETag },
    ];
    const done = await s3.client.send(
      new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }),
    );
    expect(said(done)).toEqual(expected);
    expect(said(await head(Key))).toEqual(expected);
    expect((await head(Key)).ETag).toMatch(/^"[0-9a-f]{32}-2"$/);
  });

  test('takes no encryption with a part', async () => {
    const Key = 'parts';
    const { UploadId } = await s3.client.send(new CreateMultipartUploadCommand({ Bucket, Key }));
    const headers = { 'x-amz-server-side-encryption': 'AES256' };
    const path = `/${Bucket}/${Key}?partNumber=1&uploadId=${UploadId}`;
    expect(codeOf(await s3.send({ method: 'PUT', path, headers, body: 'x' }))).toBe('InvalidArgument 400');
  });
});

describe('the default of a bucket', () => {
  const setDefault = (name: string, ...Rules: ServerSideEncryptionRule[]) =>
    s3.client.send(new PutBucketEncryptionCommand({ Bucket: name, ServerSideEncryptionConfiguration: { Rules } }));
  const defaultOf = async (name: string) =>
    (await s3.client.send(new GetBucketEncryptionCommand({ Bucket: name }))).ServerSideEncryptionConfiguration?.Rules;
  const SSE_S3 = [
    {
      ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' },
      BucketKeyEnabled: false,
      BlockedEncryptionTypes: { EncryptionType: ['SSE-C'] },
    },
  ];

  test('is SSE-S3 until another is put, and again once that is deleted', async () => {
    const name = await s3.bucket();
    expect(await defaultOf(name)).toEqual(SSE_S3);
    const ApplyServerSideEncryptionByDefault = { SSEAlgorithm: 'aws:kms' as const, KMSMasterKeyID: KEY_ID };
    await setDefault(name, { ApplyServerSideEncryptionByDefault, BucketKeyEnabled: true });
    expect(await defaultOf(name)).toEqual([
      { ...SSE_S3[0], ApplyServerSideEncryptionByDefault, BucketKeyEnabled: true },
    ]);
    for (let n = 0; n < 2; n++) await s3.client.send(new DeleteBucketEncryptionCommand({ Bucket: name }));
    expect(await defaultOf(name)).toEqual(SSE_S3);
  });

  test('is for new objects, copies and uploads that name none, and for the bucket key', async () => {
    const name = await s3.bucket();
    const ApplyServerSideEncryptionByDefault = { SSEAlgorithm: 'aws:kms' as const, KMSMasterKeyID: KEY_ID };
    await setDefault(name, { ApplyServerSideEncryptionByDefault, BucketKeyEnabled: true });
    await put('source');
    const expected = ['aws:kms', KEY_ARN, true];
    expect(said(await put('k', { Bucket: name }))).toEqual(expected);
    expect(said(await copy({ Bucket: name }))).toEqual(expected);
    expect(said(await s3.client.send(new CreateMultipartUploadCommand({ Bucket: name, Key: 'k' })))).toEqual(expected);
    expect(said(await put('k', { Bucket: name, BucketKeyEnabled: false }))).toEqual(['aws:kms', KEY_ARN, undefined]);
    expect(said(await put('k', { Bucket: name, ServerSideEncryption: 'AES256' }))[0]).toBe('AES256');
    const managed = await put('k', { Bucket: name, ServerSideEncryption: 'aws:kms' });
    expect(said(managed)).toEqual(['aws:kms', expect.stringMatching(SOME_KEY), true]);
    expect(managed.SSEKMSKeyId).not.toBe(KEY_ARN);
  });

  test('may name a key that no object can have', async () => {
    const name = await s3.bucket();
    const ApplyServerSideEncryptionByDefault = { SSEAlgorithm: 'aws:kms' as const, KMSMasterKeyID: 'no-key' };
    await setDefault(name, { ApplyServerSideEncryptionByDefault });
    expect(await failure(put('k', { Bucket: name }))).toBe('KMS.NotFoundException 400');
  });

  const rule = (content: string) => `<Rule>${content}</Rule>`;
  const apply = (content: string) =>
    rule(`<ApplyServerSideEncryptionByDefault>${content}</ApplyServerSideEncryptionByDefault>`);
  test.each<[string, string, string]>([
    ['without a rule', '', 'MalformedXML 400'],
    ['with two rules', apply('<SSEAlgorithm>AES256</SSEAlgorithm>').repeat(2), 'MalformedXML 400'],
    ['without algorithm', apply(''), 'MalformedXML 400'],
    ['with an unknown algorithm', apply('<SSEAlgorithm>ROT13</SSEAlgorithm>'), 'MalformedXML 400'],
    [
      'with a key for AES256',
      apply(`<SSEAlgorithm>AES256</SSEAlgorithm><KMSMasterKeyID>${KEY_ID}</KMSMasterKeyID>`),
      'InvalidArgument 400',
    ],
    [
      'that lets customers bring keys',
      rule('<BlockedEncryptionTypes><EncryptionType>NONE</EncryptionType></BlockedEncryptionTypes>'),
      'NotImplemented 501',
    ],
  ])('is not put %s', async (_, rules, expected) => {
    const body = `<ServerSideEncryptionConfiguration>${rules}</ServerSideEncryptionConfiguration>`;
    expect(codeOf(await s3.send({ method: 'PUT', path: `/${Bucket}?encryption`, body }))).toBe(expected);
  });

  test('is of a bucket that is there', async () => {
    for (const method of ['GET', 'PUT', 'DELETE']) {
      expect(codeOf(await s3.send({ method, path: '/no-such-bucket?encryption' }))).toBe('NoSuchBucket 404');
    }
  });
});
