/** How the lines of a job's shard files are read: found out when its manifest is surveyed, and the same for all of them. */
export interface LineForm {
  /** What each column holds: Bucket, Key, VersionId, Ignore, or a name of its own. */
  readonly columns: readonly string[];
  /** Whether a line may have columns beyond these; they are passed over. */
  readonly moreColumns?: boolean;
  /** The bucket of every line, where no column holds it. */
  readonly bucket?: string;
  /**
   * What an empty version means: the version `null` (what inventories leave out), the current version (what a report
   * leaves out); or, left out here, a task that fails for it.
   */
  readonly emptyVersion?: 'null' | 'current';
}

/** A line form with its columns looked up, once for millions of lines. */
export class LineColumns {
  readonly bucket: number;
  readonly key: number;
  readonly versionId: number;

  constructor(readonly form: LineForm) {
    this.bucket = form.columns.indexOf('Bucket');
    this.key = form.columns.indexOf('Key');
    this.versionId = form.columns.indexOf('VersionId');
  }

  /** Whether a line of so many columns is one of this form. */
  takes(columns: number): boolean {
    const expected = this.form.columns.length;
    return columns === expected || (this.form.moreColumns === true && columns > expected);
  }
}
