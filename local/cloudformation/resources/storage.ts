import { z } from 'zod';
import type { TableDefinition } from '../../dynamodb/dynamodb-service.ts';
import { looseBoolean, nameOf, propertiesOf, type ResourceMaker, withoutEffect } from '../resource-type.ts';

const bucketSchema = z.strictObject({
  BucketName: z.string().optional(),
  VersioningConfiguration: z.strictObject({ Status: z.enum(['Enabled', 'Suspended']) }).optional(),
  NotificationConfiguration: z
    .strictObject({
      EventBridgeConfiguration: z.strictObject({ EventBridgeEnabled: looseBoolean.optional() }).optional(),
    })
    .optional(),
  ...withoutEffect({
    BucketEncryption: 'objects lie on the disk as they are',
    LifecycleConfiguration: 'expiry in days is a backstop, and the folder is the user’s to delete',
    OwnershipControls: 'there is one account',
    PublicAccessBlockConfiguration: 'policies are not evaluated',
    Tags: 'nothing reads them',
  }),
});

/** AWS::S3::Bucket */
export const bucket: ResourceMaker = async (declared, { services, identity }) => {
  const properties = propertiesOf(bucketSchema, declared);
  const name = nameOf(declared, properties.BucketName, 63).toLowerCase();
  const events = properties.NotificationConfiguration?.EventBridgeConfiguration;
  await services.createBucket({
    name,
    versioned: properties.VersioningConfiguration?.Status === 'Enabled',
    eventBridge: events !== undefined && events.EventBridgeEnabled !== false,
  });
  return {
    ref: name,
    attributes: {
      Arn: `arn:aws:s3:::${name}`,
      DomainName: `${name}.s3.amazonaws.com`,
      RegionalDomainName: `${name}.s3.${identity.region}.amazonaws.com`,
    },
  };
};

const keySchema = z.array(z.strictObject({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }));
const indexSchema = z.strictObject({
  IndexName: z.string(),
  KeySchema: keySchema,
  Projection: z.strictObject({
    ProjectionType: z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']),
    NonKeyAttributes: z.array(z.string()).optional(),
  }),
  ...withoutEffect({ ProvisionedThroughput: 'there is no throttling', OnDemandThroughput: 'there is no throttling' }),
});
const tableSchema = z.strictObject({
  TableName: z.string().optional(),
  AttributeDefinitions: z.array(z.strictObject({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) })),
  KeySchema: keySchema,
  GlobalSecondaryIndexes: z.array(indexSchema).optional(),
  LocalSecondaryIndexes: z.array(indexSchema).optional(),
  ...withoutEffect({
    BillingMode: 'there is no bill',
    ContributorInsightsSpecification: 'it only watches',
    DeletionProtectionEnabled: 'no table is ever deleted',
    OnDemandThroughput: 'there is no throttling',
    PointInTimeRecoverySpecification: 'the folder is the user’s to back up',
    ProvisionedThroughput: 'there is no throttling',
    SSESpecification: 'items lie on the disk as they are',
    TableClass: 'there is no bill',
    Tags: 'nothing reads them',
  }),
});

/** AWS::DynamoDB::Table */
export const table: ResourceMaker = async (declared, { services, identity }) => {
  const properties = propertiesOf(tableSchema, declared);
  const name = nameOf(declared, properties.TableName, 255);
  const indexes = (all: z.infer<typeof indexSchema>[]): TableDefinition['GlobalSecondaryIndexes'] & object =>
    all.map(({ IndexName, KeySchema, Projection: { ProjectionType, NonKeyAttributes } }) => ({
      IndexName,
      KeySchema,
      Projection: { ProjectionType, ...(NonKeyAttributes && { NonKeyAttributes }) },
    }));
  await services.createTable({
    TableName: name,
    AttributeDefinitions: properties.AttributeDefinitions,
    KeySchema: properties.KeySchema,
    ...(properties.GlobalSecondaryIndexes && { GlobalSecondaryIndexes: indexes(properties.GlobalSecondaryIndexes) }),
    ...(properties.LocalSecondaryIndexes && { LocalSecondaryIndexes: indexes(properties.LocalSecondaryIndexes) }),
  });
  const arn = `arn:aws:dynamodb:${identity.region}:${identity.account}:table/${name}`;
  return { ref: name, attributes: { Arn: arn } };
};
