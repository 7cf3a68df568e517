/** The user's bucket for a report or a generated manifest, written with the job's role. Throws ReportNotWritable, or JobTrouble for the role itself. */
export interface ReportDestination {
  readonly bucket: string;
  /** An object that is there, whole, once `close` has resolved, and not at all before. */
  /** Of lines, unless `contentType` says otherwise. */
  create(key: string, contentType?: string): ReportObject;
  /** Answers the object's ETag. */
  put(key: string, body: string, contentType: string): Promise<string>;
}

export interface ReportObject {
  write(bytes: Buffer): Promise<void>;
  close(): Promise<void>;
  /** Takes back what was begun. Never rejects. */
  abort(): Promise<void>;
}

/** Opens the report bucket of a job. */
export type OpenReport = (jobId: string) => Promise<ReportDestination>;

/** The bucket refuses: it is gone, the role may not write, its owner is another. Trying again does not help. */
export class ReportNotWritable extends Error {
  override readonly name = 'ReportNotWritable';
}
