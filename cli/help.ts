/** A worked example: what it does, and the command line. */
export type Example = readonly [purpose: string, commandLine: string];

/** Examples as the last part of a help text. */
export function examples(...worked: readonly Example[]): string {
  const lines = worked.map(([purpose, commandLine]) => `  # ${purpose}\n${commandLine.replace(/^/gm, '  ')}`);
  return `\nExamples:\n${lines.join('\n\n')}\n`;
}
