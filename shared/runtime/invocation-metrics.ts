import type { MetricName } from '../contracts/metrics.ts';

/** Of a distribution; CloudWatch takes no more of one line. */
const MAX_VALUES = 100;

type Values = Map<MetricName, number | number[]>;

/** What one invocation has counted and measured: of the function, and of each venue whose data it held. */
export class InvocationMetrics {
  readonly #own: Values = new Map();
  readonly #byVenue = new Map<string, Values>();

  add(metric: MetricName, by: number): void {
    addTo(this.#own, metric, by);
  }

  set(metric: MetricName, value: number): void {
    this.#own.set(metric, value);
  }

  addOf(venue: string, metric: MetricName, by: number): void {
    addTo(this.#of(venue), metric, by);
  }

  observe(venue: string, metric: MetricName, values: readonly number[]): void {
    const of = this.#of(venue);
    const known = (of.get(metric) ?? []) as readonly number[];
    of.set(metric, [...known, ...values].slice(0, MAX_VALUES));
  }

  /** The values of each log line that it takes: a line has one venue at most, so most invocations have one line. */
  lines(): readonly { readonly venue?: string; readonly values: Values }[] {
    const [first, ...others] = [...this.#byVenue].map(([venue, values]) => ({ venue, values }));
    if (first === undefined) return [{ values: this.#own }];
    const shared: Values = new Map(this.#own);
    for (const [metric, value] of first.values) shared.set(metric, value);
    return [{ venue: first.venue, values: shared }, ...others];
  }

  #of(venue: string): Values {
    let values = this.#byVenue.get(venue);
    if (values === undefined) {
      values = new Map<MetricName, number | number[]>();
      this.#byVenue.set(venue, values);
    }
    return values;
  }
}

function addTo(values: Values, metric: MetricName, by: number): void {
  values.set(metric, ((values.get(metric) ?? 0) as number) + by);
}
