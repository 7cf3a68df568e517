import { isIP } from 'node:net';

/** Whether a bucket's name stands in the path of a URL or before its host. */
export type S3AddressingStyle = 'path' | 'virtual';

/**
 * The environment that tells functions to use another S3 for the objects, the manifest and the report: its URL, and
 * the credentials that the usual chain of AWS clients finds (environment, profiles, container, instance). They are read
 * once; the cloud must be started anew when temporary ones end.
 *
 * Rejects, saying where credentials are looked for, when there are none.
 */
export async function otherS3Environment(
  endpoint: string,
  region: string,
  addressingStyle: S3AddressingStyle = 'path',
): Promise<Record<string, string>> {
  if (!URL.canParse(endpoint) || !/^https?:/.test(endpoint)) {
    throw new Error(`--s3-endpoint must be a URL such as http://minio.local:9000, not "${endpoint}".`);
  }
  const { hostname, port } = new URL(endpoint);
  if (addressingStyle === 'virtual' && isIP(hostname.replace(/^\[|\]$/g, '')) !== 0) {
    const named = `http://s3.localhost${port && `:${port}`}`;
    throw new Error(
      `--s3-addressing-style virtual puts the bucket's name before the host's, which must be a name such as ${named}, not the address ${hostname}.`,
    );
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
    DROVER_S3_ADDRESSING_STYLE: addressingStyle,
    DROVER_S3_REGION: process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION ?? region,
    DROVER_S3_ACCESS_KEY_ID: credentials.accessKeyId,
    DROVER_S3_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    ...(credentials.sessionToken !== undefined && { DROVER_S3_SESSION_TOKEN: credentials.sessionToken }),
  };
}
