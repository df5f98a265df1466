/** Calls handlers as Lambda does: with a context, within the function's timeout, and counted. */
import { deterministicId } from '../../shared/domain/ids.ts';
import type { FunctionStatus } from '../../shared/ports/function-health.ts';
import type { Ports } from '../../shared/ports/index.ts';
import type { Time } from '../../shared/ports/time.ts';
import { Unreachable } from '../../shared/ports/unreachable.ts';
import { grantPorts } from '../../shared/runtime/grant-ports.ts';
import { topology, type FunctionName } from '../../shared/topology.ts';
import { InjectedFault, type Faults } from './faults.ts';
import { functionModules, type AnyHandler, type FunctionModules } from './functions.ts';

/**
 * A function had more to do than its time allows. Whatever it calls gives an answer, or Unreachable, before that time
 * is over, so this says something of what it was given: it counts as an attempt, like any other failure. Were it waited
 * for as a store is, what is too much for a function would block its lane for good.
 */
class FunctionTimeout extends Error {
  override readonly name = 'FunctionTimeout';
}

/** Durations kept for the percentile. */
const RECENT = 512;

interface Counters {
  invocations: number;
  errors: number;
  readonly durationsMs: Float64Array;
}

export class Invoker {
  readonly #portsFor: (name: FunctionName) => Ports;
  readonly #faults: Faults;
  readonly #modules: FunctionModules;
  readonly #time: Time;
  readonly #openedAtMs: number;
  readonly #handlers = new Map<FunctionName, AnyHandler>();
  readonly #counters = new Map<FunctionName, Counters>();
  /** Attempts, repeated ones too: each has an id of its own in the log. */
  #started = 0;

  /** @param portsFor every port, with the clock that the function decides by; what it may use of them is granted here. */
  constructor(
    portsFor: (name: FunctionName) => Ports,
    faults: Faults,
    time: Time,
    modules: FunctionModules = functionModules,
  ) {
    this.#portsFor = portsFor;
    this.#faults = faults;
    this.#modules = modules;
    this.#time = time;
    this.#openedAtMs = time.nowMs();
  }

  /** Loads a function's module and gives it its ports; later calls find it warm. */
  async load(name: FunctionName): Promise<AnyHandler> {
    const warm = this.#handlers.get(name);
    if (warm !== undefined) return warm;
    const { createHandler } = await this.#modules[name]();
    const handler = this.#handlers.get(name) ?? createHandler(grantPorts(name, this.#portsFor(name)));
    this.#handlers.set(name, handler);
    return handler;
  }

  /** @throws whatever the handler throws, or FunctionTimeout. */
  async invoke(name: FunctionName, event: unknown): Promise<unknown> {
    const counters = this.#countersOf(name);
    const startedAt = this.#time.elapsedMs();
    counters.invocations++;
    try {
      if (this.#faults.failsBefore(name)) throw new InjectedFault(`${name} was not started`);
      const result = await this.#run(name, event, startedAt);
      if (this.#faults.repeats(name)) await this.#run(name, event, startedAt);
      if (this.#faults.failsAfter(name)) throw new InjectedFault(`the answer of ${name} was lost`);
      return result;
    } catch (error) {
      // That a store cannot be reached is told of the store, and is over when it is back.
      if (!(error instanceof Unreachable)) counters.errors++;
      throw error;
    } finally {
      counters.durationsMs[(counters.invocations - 1) % RECENT] = this.#time.elapsedMs() - startedAt;
    }
  }

  status(name: FunctionName, lagMs: number | null): FunctionStatus {
    const { invocations, errors, durationsMs } = this.#countersOf(name);
    const recent = durationsMs.slice(0, Math.min(invocations, RECENT)).sort();
    const p99 = recent[Math.ceil(recent.length * 0.99) - 1];
    return {
      name,
      invocations,
      errors,
      durationMsP99: p99 === undefined ? null : Math.round(p99 * 100) / 100,
      lagMs,
    };
  }

  async #run(name: FunctionName, event: unknown, startedAt: number): Promise<unknown> {
    const handler = await this.load(name);
    const timeoutMs = topology.functions[name].timeoutSeconds * 1000;
    const context = {
      awsRequestId: deterministicId('invocation', this.#openedAtMs, this.#started++),
      getRemainingTimeInMillis: () => Math.max(0, startedAt + timeoutMs - this.#time.elapsedMs()),
      time: this.#time,
    };
    let callOff = (): void => undefined;
    const timedOut = new Promise<never>((_, reject) => {
      callOff = this.#time.after(timeoutMs, () =>
        reject(new FunctionTimeout(`${name} ran longer than ${timeoutMs} ms`)),
      );
    });
    try {
      return await Promise.race([handler(event, context), timedOut]);
    } finally {
      callOff();
    }
  }

  #countersOf(name: FunctionName): Counters {
    let counters = this.#counters.get(name);
    if (counters === undefined) {
      counters = { invocations: 0, errors: 0, durationsMs: new Float64Array(RECENT) };
      this.#counters.set(name, counters);
    }
    return counters;
  }
}
