/**
 * A cause that concerns the whole job (its role cannot be assumed, its credentials are refused), thrown by an operation
 * or a client instead of failing the task. The part ends, the task is not recorded, the job shows the reason.
 */
export class JobTrouble extends Error {
  override readonly name = 'JobTrouble';
  constructor(
    /** At most 64 characters. */
    readonly code: string,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(reason, options);
  }
}
