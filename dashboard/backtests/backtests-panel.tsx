import { Fragment } from 'preact';
import { useState } from 'preact/hooks';
import { quoteCurrencyOf, type BacktestRun, type Instrument } from '../api/views.ts';
import {
  formatCash,
  formatCount,
  formatDuration,
  formatRatioChange,
  NO_FIGURE,
} from '../numbers/format-number.ts';
import { formatMoment } from '../numbers/format-time.ts';
import { Icon, type IconName } from '../page/icon.tsx';
import { InstrumentName } from '../page/instrument-name.tsx';
import { Empty, Panel } from '../page/panel.tsx';
import { BacktestForm } from './backtest-form.tsx';
import { useRuns } from './use-runs.ts';

interface BacktestsPanelProps {
  readonly instruments: readonly Instrument[];
  readonly instrumentId: string;
}

export function BacktestsPanel({ instruments, instrumentId }: BacktestsPanelProps) {
  const { runs, failure, add } = useRuns();
  const [chosenId, setChosenId] = useState<string | null>(null);
  const chosen = runs?.find(({ runId }) => runId === chosenId) ?? runs?.[0];
  return (
    <Panel title="Backtests" place="backtests" failure={failure}>
      <BacktestForm
        instruments={instruments}
        instrumentId={instrumentId}
        onSubmitted={(run) => {
          add(run);
          setChosenId(run.runId);
        }}
      />
      {runs === null && failure === null && <Empty>Reading runs…</Empty>}
      {runs?.length === 0 && (
        <Empty>
          No run yet. The form above tries every pair of periods over the candles that are stored.
        </Empty>
      )}
      {runs !== null && runs.length > 0 && (
        <div class="runs-and-results">
          <RunsTable runs={runs} chosenId={chosen?.runId ?? null} onChoose={setChosenId} />
          {chosen !== undefined && <Results run={chosen} />}
        </div>
      )}
    </Panel>
  );
}

const RUN_STATES: Readonly<
  Record<BacktestRun['status'], readonly [icon: IconName, tone: string, word: string]>
> = {
  RUNNING: ['clock', 'under-way', 'Running'],
  SUCCEEDED: ['check', 'good', 'Done'],
  FAILED: ['cross', 'bad', 'Failed'],
};

interface RunsTableProps {
  readonly runs: readonly BacktestRun[];
  readonly chosenId: string | null;
  onChoose(runId: string): void;
}

function RunsTable({ runs, chosenId, onChoose }: RunsTableProps) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Backtest runs">
      <table class="runs">
        <thead>
          <tr>
            <th>Run</th>
            <th>Market</th>
            <th class="number" title="Combinations of parameters">
              Tried
            </th>
            <th class="number">Best</th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <RunRow key={run.runId} run={run} isChosen={run.runId === chosenId} onChoose={onChoose} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function RunRow({
  run,
  isChosen,
  onChoose,
}: {
  readonly run: BacktestRun;
  readonly isChosen: boolean;
  onChoose(runId: string): void;
}) {
  const { runId, status, submittedAtMs, request, combinations, best } = run;
  const [icon, tone, word] = RUN_STATES[status];
  return (
    <tr
      class={isChosen ? 'chosen' : ''}
      data-run={runId}
      data-status={status}
      onClick={() => onChoose(runId)}
    >
      <td>
        <button
          type="button"
          class={`status as-text ${tone}`}
          aria-pressed={isChosen}
          onClick={() => onChoose(runId)}
        >
          <Icon name={icon} /> {word}
        </button>{' '}
        <small>{formatMoment(submittedAtMs, Date.now())}</small>
      </td>
      <td class="name">
        <InstrumentName instrumentId={request.instrumentId} /> <small>{request.interval}</small>
      </td>
      <td class="number">{combinations === null ? NO_FIGURE : formatCount(combinations)}</td>
      <td class="number">{best[0] === undefined ? NO_FIGURE : <Return ratio={best[0].totalReturn} />}</td>
    </tr>
  );
}

function Return({ ratio }: { readonly ratio: number }) {
  return <span class={ratio < 0 ? 'down' : ratio > 0 ? 'up' : ''}>{formatRatioChange(ratio)}</span>;
}

function Results({ run }: { readonly run: BacktestRun }) {
  if (run.status === 'RUNNING')
    return <Empty>Running: the best results show here as soon as it is done.</Empty>;
  if (run.status === 'FAILED')
    return <p class="form-failure">{run.cause ?? 'It failed without saying why.'}</p>;
  if (run.best.length === 0) return <Empty>No combination of this grid could be run.</Empty>;
  const names = Object.keys(run.best[0]!.params);
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Best results">
      <table class="results">
        <caption>{captionOf(run)}</caption>
        <thead>
          <tr>
            {names.map((name) => (
              <th key={name} class="number parameter">
                <ParameterName name={name} />
              </th>
            ))}
            <th class="number">Return</th>
            <th class="number" title="Largest fall of equity from a peak">
              Drawdown
            </th>
            <th class="number">Sharpe</th>
            <th class="number">Trades</th>
            <th class="number minor">Equity</th>
          </tr>
        </thead>
        <tbody>
          {run.best.map((result) => (
            <tr key={names.map((name) => result.params[name]).join()}>
              {names.map((name) => (
                <td key={name} class="number">
                  {result.params[name]}
                </td>
              ))}
              <td class="number">
                <Return ratio={result.totalReturn} />
              </td>
              <td class="number">{formatRatioChange(result.maxDrawdown)}</td>
              <td class="number">{result.sharpe === null ? NO_FIGURE : result.sharpe.toFixed(2)}</td>
              <td class="number">{formatCount(result.trades)}</td>
              <td class="number minor">
                {formatCash(result.finalEquity, quoteCurrencyOf(run.request.instrumentId))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** `slowPeriod` has two words, and goes into two lines where it must. */
function ParameterName({ name }: { readonly name: string }) {
  return name.split(/(?=[A-Z])/).map((word) => (
    <Fragment key={word}>
      <wbr />
      {word}
    </Fragment>
  ));
}

function captionOf({ candles, combinations, submittedAtMs, finishedAtMs, best }: BacktestRun): string {
  const of = combinations === null ? '' : ` of ${formatCount(combinations)}`;
  const over = candles === null ? '' : ` over ${formatCount(candles)} candles`;
  const took = finishedAtMs === null ? '' : ` in ${formatDuration(finishedAtMs - submittedAtMs)}`;
  return `The best ${best.length}${of}${over}${took}. Found by looking back: the market to come owes them nothing.`;
}
