import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** Files of a certificate for 127.0.0.1 that signs itself. */
export interface Certificate {
  readonly key: string;
  readonly certificate: string;
}

/** Makes one for a day by openssl; undefined, said aloud, where there is no openssl. */
export function createCertificate(folder: string): Certificate | undefined {
  const key = join(folder, 'key.pem');
  const certificate = join(folder, 'certificate.pem');
  const made = spawnSync(
    'openssl',
    // P-256, as S3's own certificates have beside RSA.
    `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 -keyout ${key} -out ${certificate}`.split(
      ' ',
    ),
    { stdio: 'ignore' },
  );
  if (made.status === 0) return { key, certificate };
  console.warn('SKIPPED: there is no openssl on this machine, so nothing is measured with TLS.');
  return undefined;
}
