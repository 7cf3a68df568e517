import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { FaultInjector } from '../faults/fault-injector.ts';
import type { InventoryDesk } from '../inventory/inventory-desk.ts';
import type { LocalService } from '../service.ts';
import { answerPage } from './pages.ts';
import { refuse } from './refusal.ts';
import { normalizeRequestTarget } from './request-target.ts';
import { routeOf, type ServiceName } from './route.ts';

/** Idle connections of clients are kept this long, so that it is they who close them and never meet a closed one. */
const KEEP_ALIVE_MS = 120_000;

/** Signed requests with much user metadata and session tokens are longer than Node's 16 KB. */
const MAX_HEADER_BYTES = 64 * 1024;

/** The services behind the door, by the name that requests for them are signed for. */
export type Services = Readonly<Partial<Record<ServiceName, LocalService>>>;

/** The one port of the local cloud. */
export interface FrontDoor {
  /** `http://<address>:<port>`, as clients on this machine reach it. */
  readonly endpoint: string;
  /** Begins to hand requests to the services, and to the desk of inventory reports. Until then all are answered 503. */
  open(services: Services, inventories?: InventoryDesk): void;
  /** From now on `GET /_drover/health` answers 200. */
  ready(): void;
  /** Takes no more requests, waits for those under way up to `graceMs` milliseconds, then cuts them. */
  close(graceMs: number): Promise<void>;
}

/** Listens on the port (0: any free one). Rejects with a message that names the port when it is taken. */
export async function createFrontDoor(options: {
  readonly host: string;
  readonly port: number;
  readonly faults: FaultInjector;
}): Promise<FrontDoor> {
  const state: DoorState = { services: undefined, ready: false, inventories: undefined, faults: options.faults };
  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES, keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0 });
  server.on('request', (request, response) => receive(state, request, response));
  server.on('connect', refuseTunnel);
  const { address, port } = await listen(server, options);
  return {
    endpoint: `http://${hostForClients(address)}:${port}`,
    open(services, inventories) {
      state.services = services;
      state.inventories = inventories;
    },
    ready() {
      state.ready = true;
    },
    close: (graceMs) => close(server, graceMs),
  };
}

interface DoorState {
  services: Services | undefined;
  ready: boolean;
  inventories: InventoryDesk | undefined;
  readonly faults: FaultInjector;
}

function receive(state: DoorState, request: IncomingMessage, response: ServerResponse): void {
  // Without a listener, a connection that breaks amid a request would end the process.
  request.on('error', () => {});
  response.on('error', () => {});
  normalizeRequestTarget(request);
  const route = routeOf(request);
  if (route.to === 'drover') {
    void answerPage(route.page, state, request, response);
    return;
  }
  if (!state.services) {
    refuse(request, response, {
      status: 503,
      code: 'ServiceUnavailable',
      message: 'Drover is starting. GET /_drover/health answers 200 when it is ready.',
    });
    return;
  }
  const service = route.to === 'service' ? state.services[route.service] : undefined;
  if (!service) {
    refuse(request, response, {
      status: 501,
      code: 'UnknownService',
      message: `The request is signed for the service "${route.service}", which the local cloud does not have. It has ${Object.keys(state.services).join(', ')}.`,
    });
    return;
  }
  serve(route.service, service, state.faults, request, response).catch((error: unknown) => {
    if (!response.headersSent) {
      const message = error instanceof Error ? error.message : String(error);
      refuse(request, response, { status: 500, code: 'InternalFailure', message });
    } else {
      response.destroy();
    }
  });
}

async function serve(
  name: string,
  service: LocalService,
  faults: FaultInjector,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!(await faults.meet(name, request, response))) await service.handle(request, response);
}

/** A client that asks its proxy for an https endpoint wants a tunnel, and what goes through one cannot be read. */
function refuseTunnel(request: IncomingMessage, socket: Duplex): void {
  const text = `Drover's port takes plain http only and opens no tunnel to ${request.url}. Give the client an endpoint that begins with http://.\n`;
  socket.on('error', () => {});
  socket.end(
    `HTTP/1.1 405 Method Not Allowed\r\nContent-Type: text/plain\r\nContent-Length: ${text.length}\r\nConnection: close\r\n\r\n${text}`,
  );
}

function listen(server: Server, options: { readonly host: string; readonly port: number }): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE';
      reject(
        taken
          ? new Error(
              `Port ${options.port} of ${options.host} is taken by another program. Choose another with --port.`,
            )
          : error,
      );
    });
    server.listen(options.port, options.host, () => resolve(server.address() as AddressInfo));
  });
}

function hostForClients(address: string): string {
  if (address === '0.0.0.0' || address === '::') {
    return '127.0.0.1';
  }
  return address.includes(':') ? `[${address}]` : address;
}

function close(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}
