import type { Ports } from '../ports/index.ts';
import type { Write } from '../ports/state-store.ts';
import type { Capabilities } from '../topology-schema.ts';
import { topology, type FunctionName } from '../topology.ts';

/** A function reached for something that topology.ts does not give it: on AWS the same call is AccessDenied. */
class CapabilityError extends Error {
  override readonly name = 'CapabilityError';
}

/**
 * The ports of one function: whatever its capabilities leave out refuses to be called. Embedded, this is what
 * IAM is on AWS, so a missing grant shows on the first laptop run and not after the first deployment.
 */
export function grantPorts(functionName: FunctionName, ports: Ports): Ports {
  const capabilities: Capabilities = topology.functions[functionName].capabilities;
  const deny = (what: string): never => {
    throw new CapabilityError(`${functionName} has no capability ${what}; declare it in shared/topology.ts`);
  };
  const need = (granted: boolean, what: string): void => {
    if (!granted) deny(what);
  };
  const mayRead = (table: string): void => need(capabilities.state?.[table] !== undefined, `state.${table}`);
  const mayWrite = (writes: readonly Write[]): void => {
    for (const { table } of writes) need(capabilities.state?.[table] === 'write', `state.${table}: write`);
  };
  const object = (key: string, mode: 'read' | 'write'): void => {
    const granted = Object.entries(capabilities.objects ?? {}).some(
      ([prefix, given]) => key.startsWith(prefix) && (given === 'write' || mode === 'read'),
    );
    need(granted, `objects ${mode} ${key}`);
  };
  const store = (port: 'trades' | 'candles' | 'quotes' | 'quality', mode: 'read' | 'write'): void =>
    need(capabilities[port] === 'write' || capabilities[port] === mode, `${port}: ${mode}`);

  return {
    clock: ports.clock,
    state: {
      get: async (table, key) => (mayRead(table), ports.state.get(table, key)),
      query: async (table, pk, prefix, options) => (
        mayRead(table),
        ports.state.query(table, pk, prefix, options)
      ),
      queryIndex: async (table, partition, options) => (
        mayRead(table),
        ports.state.queryIndex(table, partition, options)
      ),
      write: async (write) => (mayWrite([write]), ports.state.write(write)),
      transact: async (writes) => (mayWrite(writes), ports.state.transact(writes)),
    },
    streams: {
      append: async (stream, records) => (
        need(capabilities.append?.includes(stream) === true, `append.${stream}`),
        ports.streams.append(stream, records)
      ),
    },
    bus: {
      publish: async (events) => {
        for (const { detailType } of events) {
          need(capabilities.publish?.includes(detailType) === true, `publish.${detailType}`);
        }
        return ports.bus.publish(events);
      },
    },
    queues: {
      send: async (queue, messages) => (
        need(capabilities.send?.includes(queue) === true, `send.${queue}`),
        ports.queues.send(queue, messages)
      ),
    },
    objects: {
      put: async (key, body, type) => (object(key, 'write'), ports.objects.put(key, body, type)),
      putNew: async (key, body, type) => (object(key, 'write'), ports.objects.putNew(key, body, type)),
      get: async (key) => (object(key, 'read'), ports.objects.get(key)),
      list: async (prefix, options) => (object(prefix, 'read'), ports.objects.list(prefix, options)),
    },
    trades: {
      insert: async (trades, options) => (store('trades', 'write'), ports.trades.insert(trades, options)),
      between: async (...args) => (store('trades', 'read'), ports.trades.between(...args)),
      latest: async (...args) => (store('trades', 'read'), ports.trades.latest(...args)),
      spans: async (...args) => (store('trades', 'read'), ports.trades.spans(...args)),
      receivedBy: async (...args) => (store('trades', 'read'), ports.trades.receivedBy(...args)),
    },
    candles: {
      insert: async (candles, options) => (store('candles', 'write'), ports.candles.insert(candles, options)),
      latestRevision: async (...args) => (store('candles', 'read'), ports.candles.latestRevision(...args)),
      between: async (...args) => (store('candles', 'read'), ports.candles.between(...args)),
      asFirstClosed: async (...args) => (store('candles', 'read'), ports.candles.asFirstClosed(...args)),
      revisions: async (...args) => (store('candles', 'read'), ports.candles.revisions(...args)),
      instruments: async () => (store('candles', 'read'), ports.candles.instruments()),
    },
    quotes: {
      insertQuotes: async (...args) => (store('quotes', 'write'), ports.quotes.insertQuotes(...args)),
      insertLevels: async (...args) => (store('quotes', 'write'), ports.quotes.insertLevels(...args)),
      newestQuotes: async (...args) => (store('quotes', 'read'), ports.quotes.newestQuotes(...args)),
      newestLevels: async (...args) => (store('quotes', 'read'), ports.quotes.newestLevels(...args)),
    },
    quality: {
      insert: async (...args) => (store('quality', 'write'), ports.quality.insert(...args)),
      newest: async (...args) => (store('quality', 'read'), ports.quality.newest(...args)),
    },
    push: {
      push: async (connectionId, message) => (
        need(capabilities.push === true, 'push'),
        ports.push.push(connectionId, message)
      ),
    },
    executions: {
      start: async (machine, name, input) => (
        need(capabilities.execute?.includes(machine) === true, `execute.${machine}`),
        ports.executions.start(machine, name, input)
      ),
      describe: async (machine, name) => (
        need(capabilities.execute?.includes(machine) === true, `execute.${machine}`),
        ports.executions.describe(machine, name)
      ),
    },
    functionHealth: {
      read: async () => (
        need(capabilities.functionHealth === true, 'functionHealth'),
        ports.functionHealth.read()
      ),
      silences: async () => (
        need(capabilities.functionHealth === true, 'functionHealth'),
        ports.functionHealth.silences()
      ),
      market: async () => (
        need(capabilities.functionHealth === true, 'functionHealth'),
        ports.functionHealth.market()
      ),
      waiting: async () => (
        need(capabilities.functionHealth === true, 'functionHealth'),
        ports.functionHealth.waiting()
      ),
      givenUp: async () => (
        need(capabilities.functionHealth === true, 'functionHealth'),
        ports.functionHealth.givenUp()
      ),
    },
    metrics: { read: () => (need(capabilities.metrics === true, 'metrics'), ports.metrics.read()) },
    deadLetters: {
      count: async (queue) => (
        need(capabilities.deadLetters !== undefined, 'deadLetters: read'),
        ports.deadLetters.count(queue)
      ),
      redrive: async (queue) => (
        need(capabilities.deadLetters === 'write', 'deadLetters: write'),
        ports.deadLetters.redrive(queue)
      ),
    },
    givenUp: {
      list: async (filter, limit) => (
        need(capabilities.givenUp === 'write', 'givenUp: write'),
        ports.givenUp.list(filter, limit)
      ),
      redrive: async (filter) => (
        need(capabilities.givenUp === 'write', 'givenUp: write'),
        ports.givenUp.redrive(filter)
      ),
    },
    tokens: {
      issuer: ports.tokens.issuer,
      audiences: ports.tokens.audiences,
      rules: ports.tokens.rules,
      keys: async () => (need(capabilities.verifyTokens === true, 'verifyTokens'), ports.tokens.keys()),
    },
  };
}
