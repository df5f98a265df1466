import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Time } from '../../shared/ports/time.ts';

interface Timer {
  readonly atMs: number;
  readonly fire: () => void;
}

/** Turns of the event loop in which what a timer set off comes to rest. */
const TURNS = 3;

/** Time that passes when a test says so, for as many processes as it likes. */
export class SimulatedTime {
  #nowMs: number;
  /** By time, and in the order in which they were set. */
  readonly #timers: Timer[] = [];

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  /** @param noticesPauses whether its even clock goes on while it is paused: that of a machine that sleeps does not. */
  process(noticesPauses = true): SimulatedProcess {
    return new SimulatedProcess(this, noticesPauses);
  }

  /** As a clock tells them, milliseconds are whole. @returns what calls it off. */
  at(dueMs: number, fire: () => void): () => void {
    const timer = { atMs: Math.ceil(dueMs), fire };
    let place = this.#timers.length;
    while (place > 0 && this.#timers[place - 1]!.atMs > timer.atMs) place--;
    this.#timers.splice(place, 0, timer);
    return () => {
      const found = this.#timers.indexOf(timer);
      if (found >= 0) this.#timers.splice(found, 1);
    };
  }

  async sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.at(this.#nowMs + ms, resolve));
  }

  /** Lets time pass, one timer after the other, and what each sets off come to rest. */
  async pass(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await rest();
    for (;;) {
      const next = this.#timers[0];
      if (next === undefined || next.atMs > untilMs) break;
      this.#timers.shift();
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.fire();
      await rest();
    }
    this.#nowMs = untilMs;
  }
}

async function rest(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) await nextTurn();
}

/** The time of one process: paused, its timers wait until it wakes up; killed, they never fire. */
export class SimulatedProcess implements Time {
  readonly #time: SimulatedTime;
  readonly #waiting: (() => void)[] = [];
  readonly #noticesPauses: boolean;
  #status: 'running' | 'paused' | 'killed' = 'running';
  #pausedAtMs = 0;
  #pausedMs = 0;

  constructor(time: SimulatedTime, noticesPauses: boolean) {
    this.#time = time;
    this.#noticesPauses = noticesPauses;
  }

  get status(): 'running' | 'paused' | 'killed' {
    return this.#status;
  }

  pause(): void {
    if (this.#status !== 'running') return;
    this.#status = 'paused';
    this.#pausedAtMs = this.nowMs();
  }

  resume(): void {
    if (this.#status !== 'paused') return;
    this.#status = 'running';
    this.#pausedMs += this.nowMs() - this.#pausedAtMs;
    for (const fire of this.#waiting.splice(0)) this.whenRunning(fire);
  }

  kill(): void {
    this.#status = 'killed';
    this.#waiting.length = 0;
  }

  /** At once, or when it wakes up, or never. */
  whenRunning(action: () => void): void {
    if (this.#status === 'running') action();
    else if (this.#status === 'paused') this.#waiting.push(action);
  }

  async running(): Promise<void> {
    return new Promise((resolve) => this.whenRunning(resolve));
  }

  nowMs(): number {
    return this.#time.nowMs();
  }

  elapsedMs(): number {
    return this.nowMs() - (this.#noticesPauses ? 0 : this.#pausedMs);
  }

  after(ms: number, action: () => void): () => void {
    let isOff = false;
    const callOff = this.#time.at(this.nowMs() + ms, () =>
      this.whenRunning(() => {
        if (!isOff) action();
      }),
    );
    return () => {
      isOff = true;
      callOff();
    };
  }

  every(ms: number, action: () => void): () => void {
    let callOff: () => void;
    const next = (): void => {
      callOff = this.after(ms, () => {
        action();
        if (!isOver) next();
      });
    };
    let isOver = false;
    next();
    return () => {
      isOver = true;
      callOff();
    };
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        callOff();
        reject(signal!.reason as Error);
      };
      const callOff = this.after(ms, () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      });
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }
}
