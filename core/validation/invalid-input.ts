/** One thing wrong in a request: the member, and what is wrong with it, made to follow the member's name. */
export interface Problem {
  /** `Operation.S3PutObjectTagging.TagSet[0].Key`; empty for the request as a whole. */
  readonly path: string;
  readonly says: string;
}

/** A request that cannot be accepted as it is. The message is for the caller, and says what would be right. */
export class InvalidInput extends Error {
  override readonly name = 'InvalidInput';
  constructor(readonly problems: readonly Problem[]) {
    super(sentence(problems));
  }
}

/** So many problems are told of; the rest is counted. */
export const TOLD = 5;

function sentence(problems: readonly Problem[]): string {
  const told = problems.slice(0, TOLD).map(({ path, says }) => `${path === '' ? 'The request' : path} ${says}`);
  const more = problems.length - told.length;
  return `${told.join('; ')}${more > 0 ? `; and ${more} more` : ''}.`;
}

/** Joins member names and list positions as they are written in code. */
export function pathOf(steps: readonly PropertyKey[]): string {
  return steps
    .map((step, index) =>
      typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${shown(String(step), 80)}`,
    )
    .join('');
}

/** A text that came from outside, cut to a length that fits into a message. */
export function shown(text: string, length = 60): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}
