/** Temporary or lasting AWS credentials. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  /** When they end; absent for lasting ones. */
  readonly expiration?: Date | undefined;
}

/**
 * Where a client gets its credentials, anew for each attempt: cached, so cheap. `fresh` asks for others than those
 * given last, which a service has just refused as expired.
 * Throws JobTrouble when there are none to be had.
 */
export type CredentialSource = (options?: { readonly fresh?: boolean }) => Promise<Credentials>;
