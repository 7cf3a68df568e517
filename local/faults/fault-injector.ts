import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultRule, FaultRules } from './fault-rules.ts';

/** A rule, and how often it happened. */
interface Happening {
  readonly rule: FaultRule;
  happened: number;
}

/** Makes requests go wrong as rules say, between the front door and the services. */
export class FaultInjector {
  private happenings: readonly Happening[] = [];
  private random = numbersOf(1);

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
    const rule = this.choose(service, request);
    if (rule === undefined) return false;
    if (rule.latency !== undefined) await sleep(rule.latency);
    if (rule.reset === 'before') request.socket.resetAndDestroy();
    else if (rule.reset === 'after') resetInsteadOfAnswer(request, response);
    else if (rule.error !== undefined) answer(service, rule.error, request, response);
    return rule.reset === 'before' || rule.error !== undefined;
  }

  private choose(service: string, request: IncomingMessage): FaultRule | undefined {
    const found = this.happenings.find(({ rule, happened }) => {
      if (rule.times !== undefined && happened >= rule.times) return false;
      return fits(rule, service, request) && (rule.share === undefined || this.random() < rule.share);
    });
    if (found !== undefined) found.happened += 1;
    return found?.rule;
  }
}

function fits(rule: FaultRule, service: string, request: IncomingMessage): boolean {
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
