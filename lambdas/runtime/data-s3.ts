import type { CredentialSource } from '../../core/signed-http/credentials.ts';
import { optionalVariable, requireVariable } from './environment.ts';

/**
 * The S3 that objects, manifests and reports are in: AWS, the SDK's own endpoint variable, or, where the local cloud was
 * started with an S3 of the user's, that one with its credentials. The work bucket is not concerned.
 */
export function dataEndpoint(): string | undefined {
  return optionalVariable('DROVER_S3_ENDPOINT') ?? optionalVariable('AWS_ENDPOINT_URL');
}

export function dataRegion(): string {
  return optionalVariable('DROVER_S3_REGION') ?? requireVariable('AWS_REGION');
}

/** The credentials of the user's S3; undefined when there is none: then the job's role is assumed. */
export function dataCredentials(): CredentialSource | undefined {
  if (optionalVariable('DROVER_S3_ENDPOINT') === undefined) return undefined;
  const credentials = {
    accessKeyId: requireVariable('DROVER_S3_ACCESS_KEY_ID'),
    secretAccessKey: requireVariable('DROVER_S3_SECRET_ACCESS_KEY'),
    sessionToken: optionalVariable('DROVER_S3_SESSION_TOKEN'),
  };
  return async () => credentials;
}
