import type { TargetedSubmitEvent } from 'preact';
import type { Answer, ApiClient } from '../api/api-client.ts';
import { partsOf, type BacktestRun, type Instrument } from '../api/views.ts';
import { InstrumentOptions, IntervalOptions, textOf } from '../forms/fields.tsx';
import { useSubmission } from '../forms/use-submission.ts';
import { INTERVAL_MS, type ChartInterval } from '../market/candle-series.ts';
import { FormFailure } from '../page/panel.tsx';
import { usePlatform } from '../page/platform-access.ts';
import { useDenial } from '../page/rights.ts';
import { readNumbers } from './grid-input.ts';

interface BacktestFormProps {
  readonly instruments: readonly Instrument[];
  readonly instrumentId: string;
  onSubmitted(run: BacktestRun): void;
}

const HOUR_MS = 3_600_000;
/** Back from the newest candle; null: from the oldest on. */
const RANGES: Readonly<Record<string, number | null>> = {
  'All that is stored': null,
  'Last hour': HOUR_MS,
  'Last 24 hours': 24 * HOUR_MS,
};

export function BacktestForm({ instruments, instrumentId, onSubmitted }: BacktestFormProps) {
  const { api } = usePlatform();
  const denial = useDenial('POST /v1/backtests');
  const submission = useSubmission();
  const onSubmit = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const request = readForm(form);
    if (request.kind === 'unreadable') return submission.refuse(request.detail);
    submission.submit(async () => submitRun(api, request), onSubmitted);
  };
  return (
    <form class="in-line" onSubmit={onSubmit} aria-label="New backtest of ma-crossover">
      <label>
        Instrument
        <select name="instrumentId" key={instrumentId}>
          <InstrumentOptions instruments={instruments} chosen={instrumentId} />
        </select>
      </label>
      <label>
        Candles
        <select name="interval">
          <IntervalOptions chosen="1m" />
        </select>
      </label>
      <label>
        Range
        <select name="range">
          {Object.keys(RANGES).map((range) => (
            <option key={range}>{range}</option>
          ))}
        </select>
      </label>
      <label class="growing">
        fastPeriod
        <input name="fastPeriod" defaultValue="3, 5, 10, 20" autocomplete="off" spellcheck={false} />
      </label>
      <label class="growing">
        slowPeriod
        <input name="slowPeriod" defaultValue="20-60:10" autocomplete="off" spellcheck={false} />
      </label>
      <button
        type="submit"
        class="primary"
        disabled={submission.isBusy || denial !== null}
        title={denial ?? undefined}
      >
        Run
      </button>
      <FormFailure text={submission.failure} />
    </form>
  );
}

interface RunRequest {
  readonly kind: 'request';
  readonly instrumentId: string;
  readonly interval: ChartInterval;
  readonly rangeMs: number | null;
  readonly fastPeriod: readonly number[];
  readonly slowPeriod: readonly number[];
}

function readForm(form: FormData): RunRequest | { readonly kind: 'unreadable'; readonly detail: string } {
  const fast = readNumbers(textOf(form, 'fastPeriod'));
  if (fast.kind === 'unreadable') return { ...fast, detail: `fastPeriod: ${fast.detail}` };
  const slow = readNumbers(textOf(form, 'slowPeriod'));
  if (slow.kind === 'unreadable') return { ...slow, detail: `slowPeriod: ${slow.detail}` };
  return {
    kind: 'request',
    instrumentId: textOf(form, 'instrumentId'),
    interval: textOf(form, 'interval') as ChartInterval,
    rangeMs: RANGES[textOf(form, 'range')] ?? null,
    fastPeriod: fast.numbers,
    slowPeriod: slow.numbers,
  };
}

/** The range ends at the newest candle that is closed, which only the platform knows. */
async function submitRun(api: ApiClient, request: RunRequest): Promise<Answer<BacktestRun>> {
  const { instrumentId, interval, rangeMs, fastPeriod, slowPeriod } = request;
  const { exchange, pair } = partsOf(instrumentId);
  const query = { exchange, interval, limit: 2 };
  const answer = await api.call('GET /v1/candles/{pair}', { path: { pair }, query });
  if (answer.kind !== 'done') return answer;
  const last = answer.body.items.findLast(({ closed }) => closed);
  if (last === undefined)
    return { kind: 'unreachable', detail: `no closed ${interval} candle of ${pair} yet` };
  const toMs = last.openTimeMs + INTERVAL_MS[interval];
  const fromMs = rangeMs === null ? 0 : Math.max(0, toMs - rangeMs);
  const grid = { fastPeriod: [...fastPeriod], slowPeriod: [...slowPeriod] };
  return api.call('POST /v1/backtests', {
    body: { strategy: 'ma-crossover', grid, instrumentId, interval, fromMs, toMs },
  });
}
