#!/usr/bin/env node
// The launcher of `drover`. In a checkout it runs bin/drover.ts through tsx; the published package has only dist.
// Both run in this very process, so signals and exit codes need no passing on.
import { existsSync } from 'node:fs';

const source = new URL('./drover.ts', import.meta.url);
if (existsSync(source)) {
  const { register } = await import('tsx/esm/api');
  register();
  await import(source.href);
} else {
  await import(new URL('../dist/bin/drover.js', import.meta.url).href);
}
