import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { IndexFaults } from '../dynamodb/index-lag.ts';
import type { LambdaFaults } from '../lambda/lambda-faults.ts';
import type { FaultRule, FaultRules, FunctionRule, RequestRule } from './fault-rules.ts';

/** A rule, and how often it happened. */
interface Happening {
  readonly rule: FaultRule;
  happened: number;
}

/** A function's process that is to be killed at the call after so many. */
interface Doomed {
  left: number;
  readonly kill: () => void;
}

/** A function's process with an invocation. */
interface AtWork {
  readonly functionName: string;
  readonly kill: () => void;
}

/** Makes requests, functions and indexes go wrong as rules say. */
export class FaultInjector implements LambdaFaults, IndexFaults {
  private happenings: readonly Happening[] = [];
  private random = numbersOf(1);
  /** By the access key of the process. */
  private readonly doomed = new Map<string, Doomed>();
  private readonly atWork = new Set<AtWork>();

  /** @param crash Ends the whole cloud at once. */
  constructor(private readonly crash: () => void = () => process.kill(process.pid, 'SIGKILL')) {}

  /** From now on these rules hold; counts begin anew. */
  set({ seed = 1, rules }: FaultRules): void {
    this.random = numbersOf(seed);
    this.happenings = rules.map((rule) => ({ rule, happened: 0 }));
  }

  /** The rules, each with how often it happened. */
  counts(): readonly (FaultRule & { readonly happened: number })[] {
    return this.happenings.map(({ rule, happened }) => ({ ...rule, happened }));
  }

  /** True when the request was dealt with here, and the service must not see it. */
  async meet(service: string, request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    this.countCall(request);
    if (this.killAtPath(request)) return true;
    const rule = this.choose((each): each is RequestRule => isRequestRule(each) && fits(each, service, request));
    if (rule === undefined) return false;
    if (rule.crash === true) this.crash();
    if (rule.latency !== undefined) await sleep(rule.latency);
    if (rule.reset === 'before') request.socket.resetAndDestroy();
    else if (rule.reset === 'after') resetInsteadOfAnswer(request, response);
    else if (rule.error !== undefined) answer(service, rule.error, request, response);
    return rule.reset === 'before' || rule.error !== undefined;
  }

  runsTwice(functionName: string): boolean {
    return this.happensTo(functionName, ({ invocation }) => invocation === 'twice') !== undefined;
  }

  comesTwice(functionName: string): boolean {
    return this.happensTo(functionName, ({ event }) => event === 'twice') !== undefined;
  }

  doom(functionName: string, accessKeyId: string, kill: () => void): () => void {
    const atWork = { functionName, kill };
    this.atWork.add(atWork);
    const spare = this.doomInTime(functionName, accessKeyId, kill);
    return () => {
      this.atWork.delete(atWork);
      spare();
    };
  }

  get anyLag(): boolean {
    return this.happenings.some(({ rule }) => 'index' in rule);
  }

  lagOf(index: string): number {
    const found = this.happenings.find(({ rule }) => 'index' in rule && rule.index === index);
    return found !== undefined && 'lag' in found.rule ? found.rule.lag : 0;
  }

  private doomInTime(functionName: string, accessKeyId: string, kill: () => void): () => void {
    const how = this.happensTo(functionName, (rule) => rule.kill !== undefined && !('atPath' in rule.kill))?.kill;
    if (how === undefined || 'atPath' in how) return () => undefined;
    if ('afterMilliseconds' in how) {
      const timer = setTimeout(kill, how.afterMilliseconds);
      return () => clearTimeout(timer);
    }
    const doomed = { left: how.afterCalls, kill };
    this.doomed.set(accessKeyId, doomed);
    return () => {
      if (this.doomed.get(accessKeyId) === doomed) this.doomed.delete(accessKeyId);
    };
  }

  /** True when it was a request that kills: whose it is cannot be told, so that all of the function's processes die. */
  private killAtPath({ url = '/', socket }: IncomingMessage): boolean {
    const dying = (rule: FunctionRule): AtWork[] => [...this.atWork].filter((each) => isOf(rule, each.functionName));
    const rule = this.choose(
      (each): each is FunctionRule =>
        isFunctionRule(each) &&
        each.kill !== undefined &&
        'atPath' in each.kill &&
        url.startsWith(each.kill.atPath) &&
        dying(each).length > 0,
    );
    if (rule === undefined) return false;
    for (const { kill } of dying(rule)) kill();
    socket.resetAndDestroy();
    return true;
  }

  private happensTo(functionName: string, what: (rule: FunctionRule) => boolean): FunctionRule | undefined {
    return this.choose((rule): rule is FunctionRule => isFunctionRule(rule) && what(rule) && isOf(rule, functionName));
  }

  private countCall({ headers }: IncomingMessage): void {
    if (this.doomed.size === 0) return;
    const [, accessKeyId = ''] = /Credential=([^/]+)\//.exec(headers.authorization ?? '') ?? [];
    const doomed = this.doomed.get(accessKeyId);
    if (doomed === undefined) return;
    doomed.left -= 1;
    if (doomed.left < 0) doomed.kill();
  }

  private choose<Rule extends RequestRule | FunctionRule>(
    fitting: (rule: FaultRule) => rule is Rule,
  ): Rule | undefined {
    for (const happening of this.happenings) {
      const { rule, happened } = happening;
      if (!fitting(rule) || (rule.times !== undefined && happened >= rule.times)) continue;
      if (rule.share !== undefined && this.random() >= rule.share) continue;
      happening.happened += 1;
      return rule;
    }
    return undefined;
  }
}

function isRequestRule(rule: FaultRule): rule is RequestRule {
  return !('function' in rule) && !('index' in rule);
}

function isFunctionRule(rule: FaultRule): rule is FunctionRule {
  return 'function' in rule;
}

function isOf(rule: FunctionRule, functionName: string): boolean {
  return functionName.toLowerCase().includes(rule.function.toLowerCase());
}

function fits(rule: RequestRule, service: string, request: IncomingMessage): boolean {
  if (rule.service !== undefined && rule.service !== service) return false;
  if (rule.path !== undefined && !(request.url ?? '/').startsWith(rule.path)) return false;
  return rule.call === undefined || callsOf(request).includes(rule.call);
}

/** What a request can be called: `UpdateItem`; or `PUT`, and with a subresource `PUT tagging` too. */
function callsOf({ headers, method = '', url = '/' }: IncomingMessage): readonly string[] {
  const target = headers['x-amz-target'];
  if (typeof target === 'string') return [target.slice(target.indexOf('.') + 1)];
  const query = url.split('?')[1] ?? '';
  const [subresource] = query.split('&').filter((part) => part !== '' && (!part.includes('=') || part.endsWith('=')));
  return subresource === undefined ? [method] : [method, `${method} ${subresource.replace(/=$/, '')}`];
}

/** The service does its work; its client never hears of it. */
function resetInsteadOfAnswer({ socket }: IncomingMessage, response: ServerResponse): void {
  response.writeHead = () => {
    socket.resetAndDestroy();
    return response;
  };
}

function answer(
  service: string,
  { status, code }: { readonly status: number; readonly code: string },
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const message = 'A fault that the rules of this local cloud ask for.';
  const body =
    service === 's3'
      ? `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`
      : JSON.stringify({ __type: code, Code: code, message, Message: message });
  // What the client is still sending is read and thrown away, or it would not get to see the answer.
  request.resume();
  response.writeHead(status, {
    'content-type': service === 's3' ? 'application/xml' : 'application/x-amz-json-1.0',
    'content-length': Buffer.byteLength(body),
    'x-amzn-errortype': code,
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

/** Numbers from 0 to 1, which a seed decides: each from a hash of the seed and its place. */
function numbersOf(seed: number): () => number {
  let place = 0;
  return () => {
    place += 1;
    return createHash('sha256').update(`${seed}/${place}`).digest().readUInt32BE() / 2 ** 32;
  };
}
