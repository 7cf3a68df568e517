/** What requests are signed with. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Asked before each request, so that it can renew what ends. */
export type CredentialProvider = () => Promise<Credentials>;

/** The usual AWS credential chain: environment, SSO, profiles, container, instance. Loaded when first asked. */
export function credentialChain(profile?: string): CredentialProvider {
  let chain: CredentialProvider | undefined;
  return async () => {
    if (chain === undefined) {
      const { fromNodeProviderChain } = await import('@aws-sdk/credential-providers');
      chain = fromNodeProviderChain(profile === undefined ? {} : { profile });
    }
    return await chain();
  };
}

/**
 * For the local cloud, which takes any credentials: those of the environment or of a named profile, else `test`.
 * The whole chain is not asked, because its last link waits for an instance metadata service that is not there.
 */
export function localCredentials(
  profile: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): CredentialProvider {
  if (profile !== undefined) return credentialChain(profile);
  const accessKeyId = env['AWS_ACCESS_KEY_ID'];
  const secretAccessKey = env['AWS_SECRET_ACCESS_KEY'];
  if (!accessKeyId || !secretAccessKey) return async () => ({ accessKeyId: 'test', secretAccessKey: 'test' });
  const sessionToken = env['AWS_SESSION_TOKEN'];
  return async () => ({ accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) });
}
