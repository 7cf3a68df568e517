import { CommandError, isConnectionError, NotReachableError } from '../errors.ts';

/** Which configurations of the local S3 a report is asked of; left out: any. */
export interface WantedInventories {
  readonly Bucket?: string;
  readonly Id?: string;
}

/** One line of the local cloud's answer. */
export interface InventoryLine {
  readonly Bucket: string;
  readonly Id: string;
  /** Lines so far, of a report that is being written. */
  readonly Rows?: number;
  readonly Error?: string;
  /** `s3://…/manifest.json`: the report is there. */
  readonly Manifest?: string;
  /** Absent with what follows: the report of this minute was there already. */
  readonly ETag?: string;
  readonly Lines?: number;
}

/**
 * Has the local cloud at this endpoint write reports now; yields what it tells, line by line.
 *
 * @throws CommandError with the cloud's reason; NotReachableError
 */
export async function* runLocalInventories(
  endpoint: string,
  wanted: WantedInventories,
  signal: AbortSignal,
): AsyncGenerator<InventoryLine> {
  try {
    const url = `${new URL(endpoint).origin}/_drover/inventories`;
    const answer = await fetch(url, { method: 'POST', body: JSON.stringify(wanted), signal });
    if (!answer.ok || answer.body === null) throw await refusalOf(answer);
    let rest = '';
    for await (const text of answer.body.pipeThrough(new TextDecoderStream())) {
      const lines = `${rest}${text}`.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line !== '') yield JSON.parse(line) as InventoryLine;
    }
  } catch (error) {
    if (error instanceof CommandError || signal.aborted) throw error;
    const broken = error instanceof TypeError && error.message === 'terminated';
    throw isConnectionError(error) || broken ? new NotReachableError(endpoint, true, error) : error;
  }
}

async function refusalOf(answer: Response): Promise<CommandError> {
  const text = await answer.text();
  const code = answer.status === 404 ? 'NoSuchConfiguration' : 'InventoryNotRun';
  try {
    const { message } = JSON.parse(text) as { readonly message?: string };
    if (message !== undefined) return new CommandError(message, code);
  } catch {
    // Not a local cloud's answer: what it is says its status.
  }
  return new CommandError(`Nothing at this endpoint writes inventory reports (HTTP ${answer.status}).`, code);
}
