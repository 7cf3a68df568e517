/** A prop that cannot be: the message says which, what it was and what would be right. */
export class InvalidSetting extends Error {
  override readonly name = 'InvalidSetting';
}
