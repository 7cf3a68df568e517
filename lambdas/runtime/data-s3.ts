import type { S3ClientConfig } from '@aws-sdk/client-s3';
import { ADDRESSING_STYLES, type AddressingStyle } from '../../core/s3/addressing-style.ts';
import type { CredentialSource } from '../../core/signed-http/credentials.ts';
import { lookupHost } from '../../core/signed-http/loopback-names.ts';
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

/** Where requests to the endpoint name their bucket: in the path, unless the user's S3 wants it in the host. */
export function dataAddressingStyle(): AddressingStyle {
  const given = optionalVariable('DROVER_S3_ADDRESSING_STYLE');
  return ADDRESSING_STYLES.find((style) => style === given) ?? 'path';
}

/** Where that S3 is, in the words of the AWS SDK's client, which reads manifests and writes reports there. */
export function dataS3Settings(): Pick<S3ClientConfig, 'region' | 'endpoint' | 'forcePathStyle' | 'requestHandler'> {
  const endpoint = dataEndpoint();
  const region = dataRegion();
  if (endpoint === undefined) return { region };
  const forcePathStyle = dataAddressingStyle() === 'path';
  const agent = { lookup: lookupHost };
  return { region, endpoint, forcePathStyle, requestHandler: { httpAgent: agent, httpsAgent: agent } };
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
