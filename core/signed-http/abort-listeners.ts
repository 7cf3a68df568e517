const registered = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls `listener` when the signal is aborted; answers what takes it off again. Hundreds of requests share one signal,
 * and an EventTarget walks all its listeners for each one added or removed (and warns past ten): so the signal gets one.
 */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  const listeners = registered.get(signal) ?? register(signal);
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function register(signal: AbortSignal): Set<() => void> {
  const listeners = new Set<() => void>();
  registered.set(signal, listeners);
  signal.addEventListener(
    'abort',
    () => {
      for (const listener of [...listeners]) listener();
    },
    { once: true },
  );
  return listeners;
}
