import type { z } from 'zod';
import type { Operation } from './operation.ts';
import { s3Result } from './s3-result.ts';
import { OPERATIONS_SCHEMA } from './schema.ts';

const parameters = OPERATIONS_SCHEMA.shape.S3PutObjectTagging.unwrap();

export const putObjectTagging: Operation<z.infer<typeof parameters>> = {
  name: 'S3PutObjectTagging',
  summary: 'Replaces all tags of each object.',
  schema: parameters,
  roleActions: ['s3:PutObjectTagging', 's3:PutObjectVersionTagging'],
  tasksPerShard: 5_000,
  concurrency: 64,
  invokesFunctions: false,
  repetition: 'Sets the same tags again: nothing changes, unless somebody else set others in between.',
  async execute(task, { TagSet }, context) {
    return s3Result(await context.s3.putObjectTagging(task, TagSet, context.signal));
  },
};
