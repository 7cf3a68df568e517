// Runs one Node function in one process, as Lambda's own runtime does: loads the handler, then answers the
// invocations that arrive on descriptor 3, one at a time. The frames are described in sandbox-protocol.ts.
import { existsSync } from 'node:fs';
import { Socket } from 'node:net';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { format } from 'node:util';

const channel = new Socket({ fd: 3, readable: true, writable: true });
const environment = process.env;
let current;

// The parent has ended (or was killed): nobody is left to answer.
channel.on('end', () => process.exit(0));
channel.on('error', () => process.exit(0));

function send(header, body = '') {
  const bytes = Buffer.from(body);
  channel.write(Buffer.concat([Buffer.from(`${JSON.stringify({ ...header, length: bytes.length })}\n`), bytes]));
}

function describeError(error) {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return {
    errorType: error.name,
    errorMessage: error.message,
    ...(error.reason === undefined ? {} : { reason: describeError(error.reason) }),
    trace: (error.stack ?? '').split('\n'),
  };
}

class RuntimeProblem extends Error {
  constructor(name, message) {
    super(message);
    this.name = name;
  }
}

function logLine(level, values) {
  process.stdout.write(`${new Date().toISOString()}\t${current?.id ?? 'undefined'}\t${level}\t${format(...values)}\n`);
}

const levels = { log: 'INFO', info: 'INFO', debug: 'DEBUG', warn: 'WARN', error: 'ERROR', trace: 'TRACE' };
for (const [method, level] of Object.entries(levels)) console[method] = (...values) => logLine(level, values);

/** Answers the invocation under way; a second answer to the same one is dropped. */
function answer(kind, value, ending = false) {
  if (current === undefined || current.answered) return;
  let body = JSON.stringify(value === undefined ? null : value) ?? 'null';
  let answerKind = kind;
  if (Buffer.byteLength(body) > current.responseLimit) {
    answerKind = 'error';
    body = JSON.stringify({
      errorType: 'Function.ResponseSizeTooLarge',
      errorMessage: `Response payload size exceeded maximum allowed payload size (${current.responseLimit} bytes).`,
    });
  }
  current.answered = true;
  // What the function has printed is in the pipe before this mark, so the parent knows when it has all of it.
  process.stdout.write(`\0end ${current.id}\n`);
  send({ kind: answerKind, id: current.id, memory: process.resourceUsage().maxRSS, ending }, body);
  channel.ref();
}

function fail(error) {
  const described = describeError(error);
  logLine('ERROR', ['Invoke Error', JSON.stringify(described)]);
  answer('error', described);
}

function die(error, status) {
  const described = describeError(error);
  logLine('ERROR', ['Uncaught Exception', JSON.stringify(described)]);
  if (current === undefined) send({ kind: 'init-error', ending: true }, JSON.stringify(described));
  else answer('error', described, true);
  channel.end(() => process.exit(status));
}

process.on('uncaughtException', (error) => die(error, 129));
process.on('unhandledRejection', (reason) => {
  const problem = new RuntimeProblem('Runtime.UnhandledPromiseRejection', String(reason?.stack ? reason : reason));
  problem.reason = reason;
  die(problem, 128);
});
// Nothing is left that could answer: Lambda's answer is then null.
process.on('beforeExit', () => answer('result', null));

async function loadHandler() {
  const match = /^((?:.*\/)?[^./]+)\.(.+)$/.exec(environment._HANDLER);
  if (match === null) throw new RuntimeProblem('Runtime.MalformedHandlerName', 'Bad handler');
  const [, module, path] = match;
  const file = ['.js', '.mjs', '.cjs']
    .map((extension) => resolve(join(environment.LAMBDA_TASK_ROOT, module + extension)))
    .find((candidate) => existsSync(candidate));
  if (file === undefined) {
    throw new RuntimeProblem('Runtime.ImportModuleError', `Error: Cannot find module '${module}'`);
  }
  const exports = await importModule(file);
  const pick = (from) => path.split('.').reduce((value, name) => value?.[name], from);
  const handler = pick(exports) ?? pick(exports.default);
  if (handler === undefined) {
    throw new RuntimeProblem('Runtime.HandlerNotFound', `${environment._HANDLER} is undefined or not exported`);
  }
  if (typeof handler !== 'function') {
    throw new RuntimeProblem('Runtime.HandlerNotFound', `${environment._HANDLER} is not a function`);
  }
  return handler;
}

async function importModule(file) {
  try {
    return await import(pathToFileURL(file).href);
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new RuntimeProblem('Runtime.UserCodeSyntaxError', `SyntaxError: ${error.message}`);
    }
    if (error?.code === 'MODULE_NOT_FOUND' || error?.code === 'ERR_MODULE_NOT_FOUND') {
      throw new RuntimeProblem('Runtime.ImportModuleError', `Error: ${error.message}`);
    }
    throw error;
  }
}

function contextOf(invocation) {
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: environment.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: environment.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: environment.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: environment.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: environment.AWS_LAMBDA_LOG_STREAM_NAME,
    invokedFunctionArn: invocation.functionArn,
    awsRequestId: invocation.id,
    getRemainingTimeInMillis: () => Math.max(0, invocation.deadline - Date.now()),
  };
}

function run(handler, invocation, body) {
  current = invocation;
  // An empty event loop means that the handler will never answer; the open channel must not hide that.
  channel.unref();
  try {
    const done = (error, value) => (error === null || error === undefined ? answer('result', value) : fail(error));
    const returned = handler(JSON.parse(body), contextOf(invocation), done);
    if (typeof returned?.then === 'function') returned.then((value) => answer('result', value), fail).catch(fail);
  } catch (error) {
    fail(error);
  }
}

function readFrames(onFrame) {
  let chunks = [];
  let size = 0;
  let needed = 0;
  channel.on('data', (chunk) => {
    chunks.push(chunk);
    size += chunk.length;
    while (size > 0 && size >= needed) {
      const bytes = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
      chunks = [bytes];
      const headerEnd = bytes.indexOf(0x0a);
      if (headerEnd < 0) return;
      const header = JSON.parse(bytes.toString('utf8', 0, headerEnd));
      needed = headerEnd + 1 + header.length;
      if (size < needed) return;
      const body = bytes.toString('utf8', headerEnd + 1, needed);
      chunks = [bytes.subarray(needed)];
      size -= needed;
      needed = 0;
      onFrame(header, body);
    }
  });
}

try {
  const handler = await loadHandler();
  readFrames((header, body) => run(handler, header, body));
  send({ kind: 'ready' });
} catch (error) {
  die(error, 1);
}
