import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import type { CloudIdentity } from '../service.ts';
import type { AsyncQueue } from './async-queue.ts';
import type { Concurrency } from './concurrency.ts';
import { describeCode, describeFunction } from './function-description.ts';
import type { FunctionManager } from './function-manager.ts';
import { requireFunctionName, resolveFunctionName } from './function-name.ts';
import type { FunctionRegistry } from './function-registry.ts';
import { answerError, type LambdaAnswer, type LambdaRequest, readRequest, sendAnswer } from './http-exchange.ts';
import type { Invoker } from './invoker.ts';
import { QUOTAS } from './limits.ts';
import { invalidParameter, LambdaRefusal, requestTooLarge } from './refusal.ts';

/** What the API works on. */
export interface LambdaApiParts {
  readonly manager: FunctionManager;
  readonly registry: FunctionRegistry;
  readonly invoker: Invoker;
  readonly concurrency: Concurrency;
  readonly queue: AsyncQueue;
  readonly identity: CloudIdentity;
}

type Operation = (request: LambdaRequest, functionName: string) => Promise<LambdaAnswer>;

/** Bytes of a request that creates or changes a function: the package in base64, and its settings. */
const CONTROL_BODY = Math.ceil((QUOTAS.packedCode * 4) / 3) + 65_536;

/** The REST API of Lambda: https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html */
export class LambdaApi {
  private readonly operations: readonly [method: string, path: RegExp, operation: Operation][] = [
    ['POST', /^\/2015-03-31\/functions\/([^/]+)\/invocations$/, (request, name) => this.invoke(request, name)],
    ['POST', /^\/2015-03-31\/functions\/?$/, (request) => this.create(request)],
    ['GET', /^\/2015-03-31\/functions\/?$/, (request) => this.list(request)],
    ['GET', /^\/2015-03-31\/functions\/([^/]+)$/, (_, name) => this.get(name)],
    ['DELETE', /^\/2015-03-31\/functions\/([^/]+)$/, (_, name) => this.remove(name)],
    ['GET', /^\/2015-03-31\/functions\/([^/]+)\/configuration$/, (_, name) => this.getConfiguration(name)],
    ['PUT', /^\/2015-03-31\/functions\/([^/]+)\/configuration$/, (request, name) => this.configure(request, name)],
    ['PUT', /^\/2015-03-31\/functions\/([^/]+)\/code$/, (request, name) => this.updateCode(request, name)],
    ['PUT', /^\/2017-10-31\/functions\/([^/]+)\/concurrency$/, (request, name) => this.reserve(request, name)],
    ['DELETE', /^\/2017-10-31\/functions\/([^/]+)\/concurrency$/, (_, name) => this.unreserve(name)],
    ['GET', /^\/2019-09-30\/functions\/([^/]+)\/concurrency$/, (_, name) => this.getReserved(name)],
    ['GET', /^\/2016-08-19\/account-settings\/?$/, () => this.accountSettings()],
  ];

  constructor(private readonly parts: LambdaApiParts) {}

  async handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = readRequest(message);
    const answer = await this.route(request).catch(answerError);
    message.resume();
    sendAnswer(response, request.requestId, answer);
  }

  private async route(request: LambdaRequest): Promise<LambdaAnswer> {
    for (const [method, path, operation] of this.operations) {
      const match = method === request.method ? path.exec(request.path) : null;
      if (match === null) continue;
      const given = match[1];
      if (given === undefined) return operation(request, '');
      const qualifier = request.query.get('Qualifier') ?? undefined;
      return operation(request, resolveFunctionName(decodeURIComponent(given), this.parts.identity, qualifier));
    }
    const text = `The local Lambda does not know this operation: ${request.method} ${request.path}`;
    throw new LambdaRefusal('UnknownOperationException', 404, text);
  }

  private async invoke(request: LambdaRequest, name: string): Promise<LambdaAnswer> {
    const type = request.headers['x-amz-invocation-type'] ?? 'RequestResponse';
    const limit = type === 'Event' ? QUOTAS.asynchronousPayload : QUOTAS.synchronousPayload;
    const payload = requireJson(await request.readBody(limit, requestTooLarge(limit)));
    const { invoker, manager } = this.parts;
    switch (type) {
      case 'DryRun':
        manager.require(name);
        return { status: 204 };
      case 'Event':
        await invoker.invokeAsync(name, payload, request.requestId);
        return { status: 202, body: '' };
      case 'RequestResponse': {
        const result = await invoker.invoke(name, payload, request.requestId);
        const { functionError, logTail } = result;
        const wantsLog = request.headers['x-amz-log-type'] === 'Tail';
        const headers = {
          'x-amz-executed-version': '$LATEST',
          ...(functionError === undefined ? {} : { 'x-amz-function-error': functionError }),
          ...(wantsLog ? { 'x-amz-log-result': tailInBase64(logTail) } : {}),
        };
        return { status: 200, headers, body: result.payload };
      }
      default:
        throw invalidParameter(`InvocationType is RequestResponse, Event or DryRun, not ${String(type)}`);
    }
  }

  private async create(request: LambdaRequest): Promise<LambdaAnswer> {
    const { FunctionName, Code, ...settings } = await readDocument(request);
    const zip = requireZip(Code);
    const record = await this.parts.manager.create(requireFunctionName(FunctionName), settings, zip);
    return { status: 201, body: describeFunction(record, this.parts.identity) };
  }

  private async list({ query }: LambdaRequest): Promise<LambdaAnswer> {
    const from = query.get('Marker') ?? '';
    const size = Math.min(50, Number(query.get('MaxItems') ?? 50));
    if (!(size >= 1)) throw invalidParameter('MaxItems is a whole number, 1 or more');
    const records = this.parts.registry.list().filter(({ name }) => name >= from);
    const next = records[size];
    const Functions = records.slice(0, size).map((record) => describeFunction(record, this.parts.identity));
    return { status: 200, body: { Functions, ...(next === undefined ? {} : { NextMarker: next.name }) } };
  }

  private async get(name: string): Promise<LambdaAnswer> {
    const record = this.parts.manager.require(name);
    const { reservedConcurrency } = record;
    const body = {
      Configuration: describeFunction(record, this.parts.identity),
      Code: describeCode(record),
      ...(reservedConcurrency === undefined
        ? {}
        : { Concurrency: { ReservedConcurrentExecutions: reservedConcurrency } }),
    };
    return { status: 200, body };
  }

  private async getConfiguration(name: string): Promise<LambdaAnswer> {
    return { status: 200, body: describeFunction(this.parts.manager.require(name), this.parts.identity) };
  }

  private async configure(request: LambdaRequest, name: string): Promise<LambdaAnswer> {
    const { FunctionName: _, ...settings } = await readDocument(request);
    const record = await this.parts.manager.updateConfiguration(name, settings);
    return { status: 200, body: describeFunction(record, this.parts.identity) };
  }

  private async updateCode(request: LambdaRequest, name: string): Promise<LambdaAnswer> {
    const zip = requireZip(await readDocument(request));
    const record = await this.parts.manager.updateCode(name, zip);
    return { status: 200, body: describeFunction(record, this.parts.identity) };
  }

  private async remove(name: string): Promise<LambdaAnswer> {
    await this.parts.manager.remove(name);
    await this.parts.queue.drop(name);
    return { status: 204 };
  }

  private async reserve(request: LambdaRequest, name: string): Promise<LambdaAnswer> {
    const { ReservedConcurrentExecutions: reserved } = await readDocument(request);
    if (typeof reserved !== 'number') throw invalidParameter('ReservedConcurrentExecutions is required, a number');
    await this.parts.manager.reserve(name, reserved);
    return { status: 200, body: { ReservedConcurrentExecutions: reserved } };
  }

  private async unreserve(name: string): Promise<LambdaAnswer> {
    await this.parts.manager.reserve(name, undefined);
    return { status: 204 };
  }

  private async getReserved(name: string): Promise<LambdaAnswer> {
    const { reservedConcurrency } = this.parts.manager.require(name);
    const known = reservedConcurrency === undefined ? {} : { ReservedConcurrentExecutions: reservedConcurrency };
    return { status: 200, body: known };
  }

  private async accountSettings(): Promise<LambdaAnswer> {
    const { concurrency, registry } = this.parts;
    const records = registry.list();
    const AccountLimit = {
      TotalCodeSize: 80_530_636_800,
      CodeSizeUnzipped: QUOTAS.unpackedCode,
      CodeSizeZipped: QUOTAS.packedCode,
      ConcurrentExecutions: concurrency.account,
      UnreservedConcurrentExecutions: concurrency.unreserved,
    };
    const TotalCodeSize = records.reduce((sum, { codeSize }) => sum + codeSize, 0);
    return { status: 200, body: { AccountLimit, AccountUsage: { TotalCodeSize, FunctionCount: records.length } } };
  }
}

/** Cut by bytes, as Lambda does. */
function tailInBase64(tail: string): string {
  return Buffer.from(tail).subarray(-QUOTAS.logTail).toString('base64');
}

function requireJson(body: Buffer): string {
  if (body.length === 0) return '{}';
  const payload = body.toString('utf8');
  try {
    JSON.parse(payload);
    return payload;
  } catch (error) {
    const text = `Could not parse request body into json: ${String(error)}`;
    throw new LambdaRefusal('InvalidRequestContentException', 400, text);
  }
}

async function readDocument(request: LambdaRequest): Promise<Record<string, unknown>> {
  const tooLarge = new LambdaRefusal(
    'RequestEntityTooLargeException',
    413,
    `Request must be smaller than ${CONTROL_BODY} bytes`,
  );
  const body: unknown = JSON.parse(requireJson(await request.readBody(CONTROL_BODY, tooLarge)));
  const document = z.record(z.string(), z.unknown()).safeParse(body);
  if (!document.success) throw invalidParameter('The body of the request is a JSON object');
  return document.data;
}

function requireZip(code: unknown): Buffer {
  const source = z.looseObject({ ZipFile: z.string() }).safeParse(code);
  if (!source.success) throw invalidParameter('The local cloud takes code as a zip file in the request (ZipFile) only');
  return Buffer.from(source.data.ZipFile, 'base64');
}
