import type { S3ClientConfig } from '@aws-sdk/client-s3';
import type { CredentialSource } from '../../core/signed-http/credentials.ts';

/** A credential source in the form that the AWS SDK takes. */
export function sdkCredentials(source: CredentialSource): NonNullable<S3ClientConfig['credentials']> {
  return async () => {
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = await source();
    return {
      accessKeyId,
      secretAccessKey,
      ...(sessionToken === undefined ? {} : { sessionToken }),
      ...(expiration === undefined ? {} : { expiration }),
    };
  };
}
