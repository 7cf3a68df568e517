import { z } from 'zod';
import type { ItemInput, TurnInput } from '../../core/engine/turn.ts';

const turn = z.object({ jobId: z.string(), epoch: z.int(), turn: z.int() });
const item = z.object({
  jobId: z.string(),
  epoch: z.int(),
  deadline: z.number(),
  item: z.record(z.string(), z.string()),
});

/** What a state machine gives its turn function. */
export function parseTurn(event: unknown): TurnInput {
  return turn.parse(event);
}

/** What a child of a Map gives its item function. */
export function parseItem(event: unknown): ItemInput {
  return item.parse(event);
}
