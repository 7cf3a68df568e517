import type { Context } from 'aws-lambda';
import { prepareItem } from '../../core/engine/prepare-turn.ts';
import { prepareDependencies } from '../runtime/prepare.ts';
import { parseItem } from '../runtime/turn-events.ts';

/** A chunk of the manifest, for a child of PrepareJob's Map. */
export async function handler(event: unknown, context: Context): Promise<void> {
  await prepareItem(prepareDependencies(context.awsRequestId), parseItem(event));
}
