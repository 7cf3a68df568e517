/** Characters of a report line's last column. */
export const MAX_RESULT_MESSAGE = 1_024;

/** The text as a report line may carry it: its beginning, never half a character. */
export function resultMessage(text: string): string {
  if (text.length <= MAX_RESULT_MESSAGE) return text;
  const last = text.charCodeAt(MAX_RESULT_MESSAGE - 1);
  const isHalf = last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, isHalf ? MAX_RESULT_MESSAGE - 1 : MAX_RESULT_MESSAGE);
}
