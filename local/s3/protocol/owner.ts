import { createHash } from 'node:crypto';
import { element } from './xml-writer.ts';

/** The canonical user id of an account: 64 hex digits, the same in every run. */
export function canonicalId(account: string): string {
  return createHash('sha256').update(account).digest('hex');
}

/** The owner of everything, as listings and ACLs name it. */
export function owner(account: string): string {
  return `<Owner>${element('ID', canonicalId(account))}</Owner>`;
}
