/** Account of a role's ARN (`arn:<partition>:iam::<account>:role/…`). */
export function accountOfRole(roleArn: string): string | undefined {
  return roleArn.split(':')[4];
}

/** Whether one of the operator’s patterns names the role or topic. `*` stands for any characters, all others for themselves. */
export function isAllowedArn(roleArn: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => matches(roleArn, pattern));
}

/** Each piece between stars is looked for from where the last one ended: no way back, so no pattern is slow. */
function matches(text: string, pattern: string): boolean {
  const pieces = pattern.split('*');
  const [first = ''] = pieces;
  const last = pieces.at(-1) ?? '';
  if (pieces.length === 1) return text === pattern;
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  const end = text.length - last.length;
  let at = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, at);
    if (found < 0 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return true;
}
