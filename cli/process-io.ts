import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock, Io, Output } from './io.ts';

/** The real process: its streams, clock, environment and signals. */
export function processIo(): Io {
  endQuietlyWithoutReader(process.stdout);
  endQuietlyWithoutReader(process.stderr);
  return {
    env: process.env,
    stdout: outputTo(process.stdout),
    stderr: outputTo(process.stderr),
    clock: systemClock,
    readStdin: () => text(process.stdin),
    onInterrupt: (listener) => {
      process.on('SIGINT', listener);
      process.on('SIGTERM', listener);
      return () => {
        process.off('SIGINT', listener);
        process.off('SIGTERM', listener);
      };
    },
    exit: (code) => process.exit(code),
  };
}

const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (milliseconds, signal) => {
    try {
      await delay(milliseconds, undefined, signal === undefined ? {} : { signal });
    } catch {
      // Aborted: whoever aborted knows why.
    }
  },
};

function outputTo(stream: NodeJS.WriteStream): Output {
  return {
    terminal: stream.isTTY ? stream : undefined,
    write: async (chunk) => {
      if (!stream.write(chunk)) await once(stream, 'drain');
    },
  };
}

/** `drover report ID | head` closes the pipe before the end: that is no error of ours. */
function endQuietlyWithoutReader(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}
