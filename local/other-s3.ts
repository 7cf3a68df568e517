/**
 * The environment that tells functions to use another S3 for the objects, the manifest and the report: its URL, and
 * the credentials that the usual chain of AWS clients finds (environment, profiles, container, instance). They are read
 * once; the cloud must be started anew when temporary ones end.
 *
 * Rejects, saying where credentials are looked for, when there are none.
 */
export async function otherS3Environment(endpoint: string, region: string): Promise<Record<string, string>> {
  if (!URL.canParse(endpoint) || !/^https?:/.test(endpoint)) {
    throw new Error(`--s3-endpoint must be a URL such as http://minio.local:9000, not "${endpoint}".`);
  }
  // Loaded only when it is needed: it is a large part of an AWS SDK.
  const { fromNodeProviderChain } = await import('@aws-sdk/credential-providers');
  const credentials = await fromNodeProviderChain()().catch((error: unknown) => {
    throw new Error(
      `--s3-endpoint needs credentials for ${endpoint}, as AWS clients take them: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE.`,
      { cause: error },
    );
  });
  return {
    DROVER_S3_ENDPOINT: endpoint,
    DROVER_S3_REGION: process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION ?? region,
    DROVER_S3_ACCESS_KEY_ID: credentials.accessKeyId,
    DROVER_S3_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    ...(credentials.sessionToken !== undefined && { DROVER_S3_SESSION_TOKEN: credentials.sessionToken }),
  };
}
