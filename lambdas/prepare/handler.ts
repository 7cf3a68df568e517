import type { Context } from 'aws-lambda';
import { prepareTurn } from '../../core/engine/prepare-turn.ts';
import type { TurnOutput } from '../../core/engine/turn.ts';
import { prepareDependencies } from '../runtime/prepare.ts';
import { parseTurn } from '../runtime/turn-events.ts';

/** A turn of PrepareJob. */
export async function handler(event: unknown, context: Context): Promise<TurnOutput> {
  return await prepareTurn(prepareDependencies(context.awsRequestId), parseTurn(event));
}
