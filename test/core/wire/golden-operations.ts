/**
 * `<Operation>` bodies as botocore sends them (verified against botocore 1.43), and the structures that they were made
 * from.
 */
export const GOLDEN_OPERATIONS: readonly (readonly [xml: string, operation: Record<string, unknown>])[] = [
  [
    '<S3PutObjectCopy><TargetResource>arn:aws:s3:::dest</TargetResource><CannedAccessControlList>private</CannedAccessControlList><AccessControlGrants><member><Grantee><TypeIdentifier>id</TypeIdentifier><Identifier>abc</Identifier><DisplayName>d</DisplayName></Grantee><Permission>READ</Permission></member></AccessControlGrants><MetadataDirective>REPLACE</MetadataDirective><ModifiedSinceConstraint>2020-01-02T03:04:05.678000Z</ModifiedSinceConstraint><NewObjectMetadata><CacheControl>no-cache</CacheControl><ContentDisposition>inline</ContentDisposition><ContentEncoding>gzip</ContentEncoding><ContentLanguage>en</ContentLanguage><UserMetadata><entry><key>k1</key><value>v1</value></entry><entry><key>k2</key><value>v2</value></entry></UserMetadata><ContentType>text/plain</ContentType><HttpExpiresDate>2030-01-01T00:00:00Z</HttpExpiresDate><RequesterCharged>false</RequesterCharged><SSEAlgorithm>KMS</SSEAlgorithm></NewObjectMetadata><NewObjectTagging><member><Key>a</Key><Value>b</Value></member><member><Key>c</Key><Value /></member></NewObjectTagging><RedirectLocation>/x</RedirectLocation><RequesterPays>false</RequesterPays><StorageClass>GLACIER_IR</StorageClass><UnModifiedSinceConstraint>2021-01-01T00:00:00Z</UnModifiedSinceConstraint><SSEAwsKmsKeyId>arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555</SSEAwsKmsKeyId><TargetKeyPrefix>Folder1</TargetKeyPrefix><ObjectLockLegalHoldStatus>ON</ObjectLockLegalHoldStatus><ObjectLockMode>GOVERNANCE</ObjectLockMode><ObjectLockRetainUntilDate>2031-01-01T00:00:00Z</ObjectLockRetainUntilDate><BucketKeyEnabled>true</BucketKeyEnabled><ChecksumAlgorithm>SHA256</ChecksumAlgorithm></S3PutObjectCopy>',
    {
      S3PutObjectCopy: {
        TargetResource: 'arn:aws:s3:::dest',
        CannedAccessControlList: 'private',
        AccessControlGrants: [
          { Grantee: { TypeIdentifier: 'id', Identifier: 'abc', DisplayName: 'd' }, Permission: 'READ' },
        ],
        MetadataDirective: 'REPLACE',
        ModifiedSinceConstraint: '2020-01-02T03:04:05.678000Z',
        NewObjectMetadata: {
          CacheControl: 'no-cache',
          ContentDisposition: 'inline',
          ContentEncoding: 'gzip',
          ContentLanguage: 'en',
          UserMetadata: { k1: 'v1', k2: 'v2' },
          ContentType: 'text/plain',
          HttpExpiresDate: '2030-01-01T00:00:00Z',
          RequesterCharged: false,
          SSEAlgorithm: 'KMS',
        },
        NewObjectTagging: [
          { Key: 'a', Value: 'b' },
          { Key: 'c', Value: '' },
        ],
        RedirectLocation: '/x',
        RequesterPays: false,
        StorageClass: 'GLACIER_IR',
        UnModifiedSinceConstraint: '2021-01-01T00:00:00Z',
        SSEAwsKmsKeyId: 'arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555',
        TargetKeyPrefix: 'Folder1',
        ObjectLockLegalHoldStatus: 'ON',
        ObjectLockMode: 'GOVERNANCE',
        ObjectLockRetainUntilDate: '2031-01-01T00:00:00Z',
        BucketKeyEnabled: true,
        ChecksumAlgorithm: 'SHA256',
      },
    },
  ],
  [
    '<LambdaInvoke><FunctionArn>arn:aws:lambda:us-east-1:123456789012:function:f</FunctionArn><InvocationSchemaVersion>2.0</InvocationSchemaVersion><UserArguments><entry><key>k</key><value>v</value></entry></UserArguments></LambdaInvoke>',
    {
      LambdaInvoke: {
        FunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:f',
        InvocationSchemaVersion: '2.0',
        UserArguments: { k: 'v' },
      },
    },
  ],
  [
    '<S3PutObjectAcl><AccessControlPolicy><AccessControlList><Owner><ID>o</ID><DisplayName>n</DisplayName></Owner><Grants><member><Grantee><TypeIdentifier>uri</TypeIdentifier><Identifier>http://acs.amazonaws.com/groups/global/AllUsers</Identifier></Grantee><Permission>READ</Permission></member></Grants></AccessControlList></AccessControlPolicy></S3PutObjectAcl>',
    {
      S3PutObjectAcl: {
        AccessControlPolicy: {
          AccessControlList: {
            Owner: { ID: 'o', DisplayName: 'n' },
            Grants: [
              {
                Grantee: {
                  TypeIdentifier: 'uri',
                  Identifier: 'http://acs.amazonaws.com/groups/global/AllUsers',
                },
                Permission: 'READ',
              },
            ],
          },
        },
      },
    },
  ],
  [
    '<S3PutObjectAcl><AccessControlPolicy><CannedAccessControlList>private</CannedAccessControlList></AccessControlPolicy></S3PutObjectAcl>',
    { S3PutObjectAcl: { AccessControlPolicy: { CannedAccessControlList: 'private' } } },
  ],
  [
    '<S3PutObjectTagging><TagSet><member><Key>a</Key><Value>b</Value></member></TagSet></S3PutObjectTagging>',
    { S3PutObjectTagging: { TagSet: [{ Key: 'a', Value: 'b' }] } },
  ],
  ['<S3PutObjectTagging><TagSet /></S3PutObjectTagging>', { S3PutObjectTagging: { TagSet: [] } }],
  ['<S3DeleteObjectTagging />', { S3DeleteObjectTagging: {} }],
  [
    '<S3InitiateRestoreObject><ExpirationInDays>7</ExpirationInDays><GlacierJobTier>BULK</GlacierJobTier></S3InitiateRestoreObject>',
    { S3InitiateRestoreObject: { ExpirationInDays: 7, GlacierJobTier: 'BULK' } },
  ],
  [
    '<S3PutObjectLegalHold><LegalHold><Status>ON</Status></LegalHold></S3PutObjectLegalHold>',
    { S3PutObjectLegalHold: { LegalHold: { Status: 'ON' } } },
  ],
  [
    '<S3PutObjectRetention><BypassGovernanceRetention>true</BypassGovernanceRetention><Retention><RetainUntilDate>2030-01-01T00:00:00Z</RetainUntilDate><Mode>GOVERNANCE</Mode></Retention></S3PutObjectRetention>',
    {
      S3PutObjectRetention: {
        BypassGovernanceRetention: true,
        Retention: { RetainUntilDate: '2030-01-01T00:00:00Z', Mode: 'GOVERNANCE' },
      },
    },
  ],
  ['<S3ReplicateObject />', { S3ReplicateObject: {} }],
  [
    '<S3ComputeObjectChecksum><ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType></S3ComputeObjectChecksum>',
    { S3ComputeObjectChecksum: { ChecksumAlgorithm: 'CRC64NVME', ChecksumType: 'FULL_OBJECT' } },
  ],
  [
    '<S3UpdateObjectEncryption><ObjectEncryption><SSE-KMS><KMSKeyArn>arn:aws:kms:us-east-1:123456789012:key/11111111-2222</KMSKeyArn><BucketKeyEnabled>true</BucketKeyEnabled></SSE-KMS></ObjectEncryption></S3UpdateObjectEncryption>',
    {
      S3UpdateObjectEncryption: {
        ObjectEncryption: {
          SSEKMS: { KMSKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/11111111-2222', BucketKeyEnabled: true },
        },
      },
    },
  ],
];

/** A ManifestGenerator with all its members, as botocore sends it. */
export const GOLDEN_GENERATOR = {
  xml: '<ManifestGenerator><S3JobManifestGenerator><ExpectedBucketOwner>123456789012</ExpectedBucketOwner><SourceBucket>arn:aws:s3:::src</SourceBucket><ManifestOutputLocation><ExpectedManifestBucketOwner>123456789012</ExpectedManifestBucketOwner><Bucket>arn:aws:s3:::out</Bucket><ManifestPrefix>p</ManifestPrefix><ManifestEncryption><SSE-S3 /></ManifestEncryption><ManifestFormat>S3InventoryReport_CSV_20211130</ManifestFormat></ManifestOutputLocation><Filter><EligibleForReplication>true</EligibleForReplication><CreatedAfter>2020-01-01T00:00:00Z</CreatedAfter><CreatedBefore>2021-01-01T00:00:00Z</CreatedBefore><ObjectReplicationStatuses><member>FAILED</member><member>NONE</member></ObjectReplicationStatuses><KeyNameConstraint><MatchAnyPrefix><member>a</member></MatchAnyPrefix><MatchAnySuffix><member>b</member></MatchAnySuffix><MatchAnySubstring><member>c</member></MatchAnySubstring></KeyNameConstraint><ObjectSizeGreaterThanBytes>1</ObjectSizeGreaterThanBytes><ObjectSizeLessThanBytes>10</ObjectSizeLessThanBytes><MatchAnyStorageClass><member>STANDARD</member></MatchAnyStorageClass><MatchAnyObjectEncryption><ObjectEncryption><SSE-KMS><KmsKeyArn>arn:aws:kms:us-east-1:123456789012:key/11111111-2222</KmsKeyArn><BucketKeyEnabled>true</BucketKeyEnabled></SSE-KMS></ObjectEncryption></MatchAnyObjectEncryption></Filter><EnableManifestOutput>true</EnableManifestOutput></S3JobManifestGenerator></ManifestGenerator>',
  value: {
    S3JobManifestGenerator: {
      ExpectedBucketOwner: '123456789012',
      SourceBucket: 'arn:aws:s3:::src',
      ManifestOutputLocation: {
        ExpectedManifestBucketOwner: '123456789012',
        Bucket: 'arn:aws:s3:::out',
        ManifestPrefix: 'p',
        ManifestEncryption: { SSES3: {} },
        ManifestFormat: 'S3InventoryReport_CSV_20211130',
      },
      Filter: {
        EligibleForReplication: true,
        CreatedAfter: '2020-01-01T00:00:00Z',
        CreatedBefore: '2021-01-01T00:00:00Z',
        ObjectReplicationStatuses: ['FAILED', 'NONE'],
        KeyNameConstraint: { MatchAnyPrefix: ['a'], MatchAnySuffix: ['b'], MatchAnySubstring: ['c'] },
        ObjectSizeGreaterThanBytes: 1,
        ObjectSizeLessThanBytes: 10,
        MatchAnyStorageClass: ['STANDARD'],
        MatchAnyObjectEncryption: [
          { SSEKMS: { KmsKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/11111111-2222', BucketKeyEnabled: true } },
        ],
      },
      EnableManifestOutput: true,
    },
  },
};
