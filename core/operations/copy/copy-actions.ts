/** What the job's role must be allowed on a copy's source and target, copies in parts included. */
export const COPY_ACTIONS: readonly string[] = [
  's3:GetObject',
  's3:GetObjectVersion',
  's3:GetObjectTagging',
  's3:GetObjectVersionTagging',
  's3:ListBucket',
  's3:PutObject',
  's3:PutObjectAcl',
  's3:PutObjectTagging',
  's3:ListMultipartUploadParts',
  's3:AbortMultipartUpload',
];
