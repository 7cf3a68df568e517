import type { IncomingMessage } from 'node:http';
import { matchResource } from './match-resource.ts';
import type { ApiStage, RestApi } from './rest-api.ts';

/** Which API and stage a request is for, and its path there. */
export interface ApiAddress {
  readonly api: RestApi;
  readonly stage: ApiStage;
  /** Without the stage, as it came: percent-encoded. */
  readonly path: string;
  /** Raw, without the question mark. */
  readonly query: string;
  /** True for the address that S3 Control's clients use, who sign for `s3`. */
  readonly s3Control: boolean;
}

/**
 * Reads the address in any of its three forms: `/_aws/execute-api/<api>/<stage>/<path>`; the host
 * `<api>.execute-api.<anything>` with `/<stage>/<path>`; or S3 Control's `/v20180820/…` at any host, which has no room
 * for API or stage and goes to the API that has such a path. A string says why the address leads nowhere.
 */
export function addressOf(request: IncomingMessage, apis: ReadonlyMap<string, RestApi>): ApiAddress | string {
  const [path = '/', query = ''] = splitOnce(request.url ?? '/', '?');
  const host = request.headers.host?.match(/^([^.]+)\.execute-api\./)?.[1];
  const named = path.match(/^\/_aws\/execute-api\/([^/]+)(?:\/([^/]*)(.*))?$/);
  if (!named && host === undefined) {
    return s3ControlAddress(path, query, apis);
  }
  const inHost = path.match(/^\/([^/]*)(.*)$/);
  const [apiId = '', stageName = '', rest = ''] = named ? named.slice(1) : [host, inHost?.[1], inHost?.[2]];
  const api = apis.get(apiId);
  if (!api) {
    return `There is no REST API "${apiId}"; there is ${[...apis.keys()].join(', ') || 'none'}.`;
  }
  const stage = api.stages.get(stageName);
  if (!stage) {
    return `The REST API "${apiId}" has no stage "${stageName}"; it has ${[...api.stages.keys()].join(', ') || 'none'}.`;
  }
  return { api, stage, path: rest || '/', query, s3Control: false };
}

function s3ControlAddress(path: string, query: string, apis: ReadonlyMap<string, RestApi>): ApiAddress | string {
  const all = [...apis.values()];
  const api = all.find((one) => matchResource(one, path)) ?? all[0];
  const stage = api && [...api.stages.values()][0];
  return api && stage ? { api, stage, path, query, s3Control: true } : 'The template has no REST API with a stage.';
}

function splitOnce(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}
