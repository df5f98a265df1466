import type { TargetedSubmitEvent } from 'preact';
import { nameOf, type Instrument } from '../api/views.ts';
import { InstrumentOptions, IntervalOptions, textOf } from '../forms/fields.tsx';
import { readJsonObject } from '../forms/json-input.ts';
import { useSubmission } from '../forms/use-submission.ts';
import type { ChartInterval } from '../market/candle-series.ts';
import { Dialog } from '../page/dialog.tsx';
import { FormFailure } from '../page/panel.tsx';
import { usePlatform } from '../page/platform-access.ts';

interface StrategyFormProps {
  readonly instruments: readonly Instrument[];
  /** The one at hand. */
  readonly instrumentId: string;
  onClose(): void;
  onCreated(): void;
}

export function StrategyForm({ instruments, instrumentId, onClose, onCreated }: StrategyFormProps) {
  const { api, notify } = usePlatform();
  const creation = useSubmission();
  const onSubmit = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const params = readJsonObject(textOf(form, 'params'));
    if (params.kind === 'unreadable') return creation.refuse(`parameters: ${params.detail}`);
    const body = {
      name: textOf(form, 'name'),
      params: params.object,
      instrumentId: textOf(form, 'instrumentId'),
      interval: textOf(form, 'interval') as ChartInterval,
      capital: textOf(form, 'capital'),
    };
    creation.submit(
      async () => api.call('POST /v1/strategies', { body }),
      (strategy) => {
        const text = `${strategy.name} runs on ${nameOf(strategy.instrumentId)}`;
        notify(
          strategy.waiting === null
            ? { tone: 'good', text }
            : { tone: 'bad', text: `${text}: ${strategy.waiting}` },
        );
        onCreated();
      },
    );
  };
  return (
    <Dialog title="New strategy" onClose={onClose}>
      <form onSubmit={onSubmit} class="stacked">
        <label>
          Strategy
          <input name="name" defaultValue="ma-crossover" required autocomplete="off" spellcheck={false} />
        </label>
        <label>
          Parameters, as JSON
          <textarea
            name="params"
            rows={2}
            spellcheck={false}
            defaultValue={'{"fastPeriod": 10, "slowPeriod": 30}'}
          />
        </label>
        <div class="side-by-side">
          <label>
            Instrument
            <select name="instrumentId">
              <InstrumentOptions instruments={instruments} chosen={instrumentId} />
            </select>
          </label>
          <label>
            Candles
            <select name="interval">
              <IntervalOptions chosen="1m" />
            </select>
          </label>
        </div>
        <label>
          Capital, in the instrument’s quote currency
          <input name="capital" defaultValue="10000" inputMode="decimal" required autocomplete="off" />
        </label>
        <FormFailure text={creation.failure} />
        <div class="dialog-buttons">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="primary" disabled={creation.isBusy}>
            Create and run
          </button>
        </div>
      </form>
    </Dialog>
  );
}
