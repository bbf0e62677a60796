/** Lets a test hold up what it runs, in this process or another: whoever fetches a name's URL waits until it is opened. */
export interface Gate extends Disposable {
  url(name: string): string
  /** Resolves when somebody waits at the name. */
  arrived(name: string): Promise<void>
  open(name: string): void
}

export function createGate(): Gate {
  const gates = new Map<
    string,
    { readonly arrival: PromiseWithResolvers<void>; readonly way: PromiseWithResolvers<void> }
  >()
  const gate = (name: string) => {
    const known = gates.get(name) ?? {
      arrival: Promise.withResolvers<void>(),
      way: Promise.withResolvers<void>(),
    }
    gates.set(name, known)
    return known
  }
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    idleTimeout: 0,
    async fetch(request) {
      const { arrival, way } = gate(new URL(request.url).pathname.slice(1))
      arrival.resolve()
      await way.promise
      return new Response('open')
    },
  })
  return {
    url: (name) => new URL(name, server.url).href,
    arrived: (name) => gate(name).arrival.promise,
    open: (name) => gate(name).way.resolve(),
    [Symbol.dispose]: () => void server.stop(true),
  }
}
