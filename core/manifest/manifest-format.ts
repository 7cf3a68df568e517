import type { Manifest } from '../job/request.ts';

/** The name of a manifest's format: what Drover's member says, or else S3's. */
export function formatOf(manifest: Manifest): string {
  return manifest.Drover?.Format ?? manifest.Spec?.Format ?? '';
}
