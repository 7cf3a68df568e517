import { z } from 'zod';

const tagText = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

export const OPERATIONS_SCHEMA = z.strictObject({
  S3PutObjectTagging: z
    .strictObject({
      TagSet: z
        .array(z.strictObject({ Key: z.string().min(1).max(128).regex(tagText), Value: z.string().max(256).regex(tagText) }))
        .optional(),
    })
    .optional(),
  LambdaInvoke: z
    .strictObject({
      FunctionArn: z.string().min(1).max(1024),
      InvocationSchemaVersion: z.string().optional(),
      UserArguments: z.record(z.string(), z.string()).optional(),
    })
    .optional(),
});
