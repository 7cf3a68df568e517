/** The concurrency of a new account, assumed until it was measured. */
const NEW_ACCOUNT_CONCURRENCY = 10;

/** Workers that an account of this concurrency can run while the control plane keeps what it needs. */
export function workersOf(accountConcurrency: number): number {
  const reserve = Math.max(4, Math.ceil(accountConcurrency / 10));
  return Math.max(1, accountConcurrency - reserve);
}

/** Workers of all jobs together: the smaller of the operator's maximum and what the account was measured to allow. */
export function capacityOf(maximum: number, measured: number | undefined): number {
  return Math.min(maximum, measured ?? workersOf(NEW_ACCOUNT_CONCURRENCY));
}
