import { expect, test } from '@jest/globals';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { DroverStack, inlineFunctions } from '../../lib/index.ts';
import { named } from './synthesized.ts';

const template = Template.fromStack(
  new DroverStack(new App(), 'Drover', {
    functionFactory: inlineFunctions(),
    jobRoles: ['arn:aws:iam::111122223333:role/one', 'arn:aws:iam::111122223333:role/two'],
  }),
).toJSON();

test('says where the API is, where jobs keep files and what the roles of jobs must trust', () => {
  const outputs = Object.fromEntries(
    Object.entries(template.Outputs as Record<string, { Value: unknown }>).map(([id, { Value }]) => [id, named(Value)]),
  );
  expect(outputs).toEqual({
    ApiEndpoint: 'https://<DroverJobApi>.execute-api.<AWS::Region>.<AWS::URLSuffix>/v1',
    WorkBucketName: '<DroverWorkBucket>',
    JobRoles: 'arn:aws:iam::111122223333:role/one,arn:aws:iam::111122223333:role/two',
    ExternalId: expect.stringMatching(/^Drover-[0-9A-F]{8}\.<AWS::Region>$/),
  });
});

test('can be deployed to any account and Region', () => {
  expect(JSON.stringify(template)).not.toMatch(/us-east-1|\b\d{12}\b(?<!111122223333)/);
});
