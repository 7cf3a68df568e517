import type { JobRequest, Manifest } from '../../job/request.ts';

/** What a request says of the lines that it wants. */
export type WantedLines = Pick<NonNullable<Manifest['Drover']>, 'DeleteMarkers' | 'Filter'>;

/** Of a manifest, or of the listing that is made instead. */
export function wantedLines({ Manifest: manifest, ManifestGenerator: generator }: JobRequest): WantedLines {
  return manifest?.Drover ?? generator?.S3JobManifestGenerator?.Drover ?? {};
}
