/** What there is to say of data that others have published: what is missing, doubled, cut short or off its grid. */

export interface Findings {
  readonly rows: number;
  /** Rows that say nothing was traded. */
  readonly quiet: number;
  readonly stamps: { readonly ms: number; readonly us: number };
  /** What could not be read, by cause, with the first place of each. */
  readonly setAside: readonly { readonly cause: string; readonly count: number; readonly first: string }[];
  /** Ids, or times of candles, that came again. */
  readonly doubled: number;
  /** How often ids began anew: one that is none of the missing goes back while time goes on. Those behind it are others. */
  readonly resets: number;
  readonly outOfOrder: number;
  /** Rows whose stamps are not on the grid of their interval. They are among those that were set aside. */
  readonly offGrid: number;
  /** Ids or candles that lie between others and are not there; the first hundred stretches. */
  readonly missing: {
    readonly count: number;
    readonly stretches: readonly { readonly from: number; readonly to: number }[];
  };
  /** Days of which the file has a part alone, by its name or by what it has of the days around. */
  readonly truncatedDays: readonly { readonly day: string; readonly fromMs: number; readonly toMs: number }[];
}

const MAX_CAUSES = 50;
const MAX_STRETCHES = 100;
const DAY_MS = 86_400_000;
/** A quiet market may begin its day late, but hardly by so much. */
const QUIET_MS = 3_600_000;

/** Numbers that were seen, as ranges: ids mostly follow one another, in whichever order the files come. */
class SeenRanges {
  /** Ascending, apart from one another. */
  readonly #ranges: [from: number, to: number][] = [];

  /** @returns whether it is new. */
  add(value: number): boolean {
    const last = this.#ranges.at(-1);
    if (last !== undefined && value === last[1] + 1) {
      last[1] = value;
      return true;
    }
    const at = this.#firstReaching(value - 1);
    const range = this.#ranges[at];
    if (range === undefined) {
      this.#ranges.push([value, value]);
      return true;
    }
    if (value >= range[0] && value <= range[1]) return false;
    if (value === range[1] + 1) range[1] = value;
    else if (value === range[0] - 1) range[0] = value;
    else {
      this.#ranges.splice(at, 0, [value, value]);
      return true;
    }
    const next = this.#ranges[at + 1];
    if (next !== undefined && next[0] === range[1] + 1) this.#ranges.splice(at, 2, [range[0], next[1]]);
    return true;
  }

  /** By halves: ids that leave one out each time make as many ranges as there are rows. */
  #firstReaching(value: number): number {
    let [low, high] = [0, this.#ranges.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#ranges[middle]![1] >= value) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Whether it goes back to what has been seen, or to before all of that. */
  goesBackTo(value: number): boolean {
    const last = this.#ranges.at(-1);
    if (last === undefined || value > last[1]) return false;
    const [from] = this.#ranges[this.#firstReaching(value)]!;
    return value >= from || value < this.#ranges[0]![0];
  }

  between(): readonly { readonly from: number; readonly to: number }[] {
    return this.#ranges.slice(1).map(([from], n) => ({ from: this.#ranges[n]![1] + 1, to: from - 1 }));
  }
}

/** Gathers findings row by row; what it holds grows with the number of gaps alone. */
export class FindingsSurvey {
  readonly #stamps = { ms: 0, us: 0 };
  readonly #setAside = new Map<string, { count: number; readonly first: string }>();
  /** Since ids began anew. */
  #seen = new SeenRanges();
  /** Of before that. */
  readonly #missing: { readonly from: number; readonly to: number }[] = [];
  #resets = 0;
  readonly #days = new Map<number, { fromMs: number; toMs: number }>();
  readonly #grid: number;
  #rows = 0;
  #quiet = 0;
  #doubled = 0;
  #outOfOrder = 0;
  #offGrid = 0;
  #lastMs = -Infinity;

  /** @param gridMs of candles: their open times are numbered by it. 1: the numbers are ids. */
  constructor(gridMs = 1) {
    this.#grid = gridMs;
  }

  /** @param number an id, or an open time of a candle. @returns whether it came for the first time. */
  take(number: number, timeMs: number, unit: 'ms' | 'us', lastsMs = 0): boolean {
    this.#rows++;
    this.#stamps[unit]++;
    if (timeMs < this.#lastMs) this.#outOfOrder++;
    else if (timeMs > this.#lastMs && this.#seen.goesBackTo(number / this.#grid)) this.#beginAnew();
    this.#lastMs = Math.max(this.#lastMs, timeMs);
    const day = Math.floor(timeMs / DAY_MS);
    const known = this.#days.get(day);
    const [fromMs, toMs] = [timeMs, timeMs + lastsMs];
    if (known === undefined) this.#days.set(day, { fromMs, toMs });
    else {
      known.fromMs = Math.min(known.fromMs, fromMs);
      known.toMs = Math.max(known.toMs, toMs);
    }
    const isNew = this.#seen.add(number / this.#grid);
    if (!isNew) this.#doubled++;
    return isNew;
  }

  #beginAnew(): void {
    this.#resets++;
    this.#missing.push(...this.#seen.between());
    this.#seen = new SeenRanges();
  }

  quiet(): void {
    this.#quiet++;
  }

  /** @param where such as `BTCUSDT-1m-2024-08-09.zip: line 17` */
  setAside(cause: string, where: string, isOffGrid = false): void {
    this.#rows++;
    if (isOffGrid) this.#offGrid++;
    const [what = cause] = cause.split(', got ');
    const known = this.#setAside.get(what);
    if (known !== undefined) known.count++;
    else if (this.#setAside.size < MAX_CAUSES)
      this.#setAside.set(what, { count: 1, first: `${where}: ${cause}` });
  }

  findings(): Findings {
    const missing = [...this.#missing, ...this.#seen.between()];
    return {
      rows: this.#rows,
      quiet: this.#quiet,
      stamps: { ...this.#stamps },
      setAside: [...this.#setAside].map(([cause, { count, first }]) => ({ cause, count, first })),
      doubled: this.#doubled,
      resets: this.#resets,
      outOfOrder: this.#outOfOrder,
      offGrid: this.#offGrid,
      missing: {
        count: missing.reduce((sum, { from, to }) => sum + to - from + 1, 0),
        stretches: missing
          .slice(0, MAX_STRETCHES)
          .map(({ from, to }) => ({ from: from * this.#grid, to: to * this.#grid })),
      },
      truncatedDays: this.#truncatedDays(),
    };
  }

  /** The first and the last day may be cut by whoever asked for no more: their outer ends are told by `isCutShort`. */
  #truncatedDays(): Findings['truncatedDays'] {
    const days = [...this.#days].sort(([a], [b]) => a - b);
    return days.flatMap(([day, { fromMs, toMs }], n) => {
      const startsLate = n > 0 && fromMs - day * DAY_MS > QUIET_MS;
      const endsEarly = n < days.length - 1 && (day + 1) * DAY_MS - toMs > QUIET_MS;
      return startsLate || endsEarly ? [{ day: dayOf(day * DAY_MS), fromMs, toMs }] : [];
    });
  }

  /** Whether what came is less than the period that a file's name promises. @returns the days at its ends that are cut */
  cutAgainst(period: { readonly fromMs: number; readonly toMs: number }): Findings['truncatedDays'] {
    const days = [...this.#days].sort(([a], [b]) => a - b);
    const [first, last] = [days[0], days.at(-1)];
    if (first === undefined || last === undefined) return [];
    const startsLate = first[1].fromMs - period.fromMs > QUIET_MS;
    const endsEarly = period.toMs - last[1].toMs > QUIET_MS;
    return [
      ...(startsLate ? [first] : []),
      ...(endsEarly && (last !== first || !startsLate) ? [last] : []),
    ].map(([day, range]) => ({ day: dayOf(day * DAY_MS), ...range }));
  }
}

function dayOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10);
}
