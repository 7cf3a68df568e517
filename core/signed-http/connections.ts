import { buildConnector, Client } from 'undici';
import { onAbort } from './abort-listeners.ts';
import { lookupHost } from './loopback-names.ts';

/**
 * Sockets that one process may hold. A Lambda execution environment has 1,024 descriptors (Lambda quotas); half of them
 * is for tasks.
 */
const MAX_SOCKETS = 512;

export interface ConnectionsOptions {
  readonly maxSockets?: number;
  /** Milliseconds to open a socket, TLS included. */
  readonly connectTimeout?: number;
}

/** An undici client is one socket (or the place for one) here: pipelining is off. */
interface Host {
  readonly idle: Client[];
  clients: number;
}

interface Waiter {
  readonly origin: string;
  readonly give: (client: Client) => void;
}

/**
 * The keep-alive sockets of a process, over all hosts, never more than `maxSockets`. undici's own Agent counts for each
 * host only, and a job's objects may lie in any number of buckets, each of them a host. When the places are taken, the
 * host used least recently gives up an idle one; when none is idle, a request waits for the first to become so.
 */
export class Connections {
  readonly #maxSockets: number;
  readonly #connect: buildConnector.connector;
  /** In order of use, least recent first. */
  readonly #hosts = new Map<string, Host>();
  readonly #waiters: Waiter[] = [];
  readonly #clients = new Set<Client>();
  #closed = false;

  constructor(options: ConnectionsOptions = {}) {
    this.#maxSockets = options.maxSockets ?? MAX_SOCKETS;
    // One connector for all, so that they share TLS sessions.
    const timeout = options.connectTimeout ?? 5_000;
    this.#connect = buildConnector({ timeout, maxCachedSessions: 100, lookup: lookupHost });
  }

  /** Sockets held, idle ones included. */
  get size(): number {
    return this.#clients.size;
  }

  /** A free client for `http(s)://host[:port]`, now or when there is one; give it back with {@link release}. */
  acquire(origin: string, signal: AbortSignal): Client | Promise<Client> {
    signal.throwIfAborted();
    return this.#take(origin) ?? this.#wait(origin, signal);
  }

  release(origin: string, client: Client): void {
    this.#hosts.get(origin)?.idle.push(client);
    const waiter = this.#waiters[0];
    const next = waiter && this.#take(waiter.origin);
    if (waiter === undefined || next === undefined) return;
    this.#waiters.shift();
    waiter.give(next);
  }

  /** Ends every socket and the requests under way; nothing can be acquired after it. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#hosts.clear();
    await Promise.all([...this.#clients].map((client) => client.destroy()));
    this.#clients.clear();
  }

  #take(origin: string): Client | undefined {
    if (this.#closed) throw new Error('The connections are closed.');
    const host = this.#hosts.get(origin) ?? { idle: [], clients: 0 };
    // The last one used is the one whose socket is surely still open.
    const client = host.idle.pop() ?? this.#open(origin, host);
    if (client === undefined) return undefined;
    if (this.#hosts.size > 1 || !this.#hosts.has(origin)) {
      this.#hosts.delete(origin);
      this.#hosts.set(origin, host);
    }
    return client;
  }

  #open(origin: string, host: Host): Client | undefined {
    if (this.#clients.size >= this.#maxSockets && !this.#evict()) return undefined;
    const client = new Client(origin, { connect: this.#connect, pipelining: 1 });
    host.clients++;
    this.#clients.add(client);
    return client;
  }

  /** Makes one place free. */
  #evict(): boolean {
    for (const [origin, host] of this.#hosts) {
      const victim = host.idle.shift();
      if (victim === undefined) continue;
      host.clients--;
      if (host.clients === 0) this.#hosts.delete(origin);
      this.#clients.delete(victim);
      void victim.destroy();
      return true;
    }
    return false;
  }

  #wait(origin: string, signal: AbortSignal): Promise<Client> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        origin,
        give: (client) => {
          forget();
          resolve(client);
        },
      };
      const forget = onAbort(signal, () => {
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
        reject(signal.reason);
      });
      this.#waiters.push(waiter);
    });
  }
}

let shared: Connections | undefined;

/** The connections that all clients of a process share, so that the limit is the process's. */
export function processConnections(): Connections {
  shared ??= new Connections();
  return shared;
}
