import { readFile, writeFile } from 'node:fs/promises';
import { withBlocks } from './marked-text.ts';
import { operationBlock } from './operation-block.ts';

/** `npm run docs`: writes into docs/operations.md what the registry of operations says. */
const file = new URL('../operations.md', import.meta.url);
await writeFile(file, withBlocks(await readFile(file, 'utf8'), operationBlock));
