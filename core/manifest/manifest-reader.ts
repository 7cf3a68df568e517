import type { KeyRange } from '../listing/key-range.ts';
import type { LineForm } from './line-form.ts';

/**
 * A manifest of some format, opened with the role of its job. A format is one file in core/manifest/formats: it says
 * how the manifest is split into chunks that function calls read in parallel, and gives their lines.
 *
 * All of it throws ManifestError where the manifest is not what the job says, JobTrouble where the role cannot be used.
 */
export interface ManifestReader {
  /** What there is to read. Asked until one answer was kept; reads little. */
  survey(): Promise<Survey>;
  /**
   * Reads the lines of a chunk, in order: bytes without their line break, in the survey's form. A line that does not fit
   * the form is given as it is, one that cannot be brought into it with what is wrong. `onLine` answers false to stop.
   * Where a chunk turns out too large for one call, `leave` is told once, at the end, what was not read.
   */
  readLines(chunk: ManifestChunk, onLine: OnLine, leave?: (rest: readonly ManifestChunk[]) => void): Promise<void>;
}

export type OnLine = (line: Buffer, problem?: string) => boolean | Promise<boolean>;

/** What a manifest consists of. Kept with the job: what is read later is read by it. */
export interface Survey {
  readonly form: LineForm;
  readonly chunks: readonly ManifestChunk[];
}

/** A part of the manifest that one function call reads in about a minute. JSON. */
export interface ManifestChunk {
  /** The object it is in. */
  readonly bucket: string;
  readonly key: string;
  /** Bytes of the object that the chunk's lines begin in; the whole object where left out. */
  readonly range?: { readonly from: number; readonly end: number };
  /** Bytes of the object, where they are known. */
  readonly size?: number;
  /** Hex MD5 that the object's bytes must have. */
  readonly md5?: string;
  /** ETag that the object must have: it was looked at when the manifest was surveyed. */
  readonly etag?: string;
  /** Where in the file a chunk that is not a range lies: a row group, a part of a listing. */
  readonly part?: number;
  /** How many of these the chunk has; one where left out. */
  readonly parts?: number;
  /** Of a listing, instead of an object (`key` is their prefix): the keys to list, and how many one call should. */
  readonly keys?: KeyRange;
  readonly share?: number;
  /** Its lines are rows of a table: messages count those. */
  readonly rows?: true;
  /** Lines at the chunk's beginning that are no tasks: a header. */
  readonly skip?: number;
  /** Of the lines that a reader gives of all this, from 0, those in [`from`, `end`): others take the others. */
  readonly only?: { readonly from: number; readonly end: number };
  /** Whether its first line is the first of its file: messages count lines from there. */
  readonly begins: boolean;
}
