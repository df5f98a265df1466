import { useState } from 'preact/hooks';
import type { Reading } from '../api/use-reading.ts';
import {
  nameOf,
  quoteCurrencyOf,
  type Instrument,
  type Portfolio,
  type Position,
  type Strategy,
} from '../api/views.ts';
import { useSubmission } from '../forms/use-submission.ts';
import { signOf } from '../numbers/exact-decimal.ts';
import { formatCash, formatProfit, formatQuantity } from '../numbers/format-number.ts';
import { Dialog } from '../page/dialog.tsx';
import { Icon } from '../page/icon.tsx';
import { InstrumentName } from '../page/instrument-name.tsx';
import { Empty, FormFailure, Panel } from '../page/panel.tsx';
import { usePlatform } from '../page/platform-access.ts';
import { useDenial } from '../page/rights.ts';
import { StrategyForm } from './strategy-form.tsx';

export type StrategiesReading = Reading<{
  readonly items: readonly Strategy[];
  readonly next: string | null;
}>;

interface StrategiesPanelProps {
  readonly strategies: StrategiesReading;
  readonly portfolio: Portfolio | null;
  readonly instruments: readonly Instrument[];
  readonly instrumentId: string;
  /** After a strategy was created, changed or removed. */
  onChanged(): void;
}

export function StrategiesPanel({
  strategies,
  portfolio,
  instruments,
  instrumentId,
  onChanged,
}: StrategiesPanelProps) {
  const denial = useDenial('POST /v1/strategies');
  const [isCreating, setCreating] = useState(false);
  const items = strategies.value?.items ?? null;
  const positions = new Map(portfolio?.positions.map((position) => [position.strategyId, position]));
  return (
    <Panel
      title="Strategies"
      place="strategies"
      failure={strategies.failure}
      aside={
        <button
          type="button"
          disabled={denial !== null}
          title={denial ?? undefined}
          onClick={() => setCreating(true)}
        >
          <Icon name="plus" /> New strategy
        </button>
      }
    >
      {items === null && strategies.failure === null && <Empty>Reading strategies…</Empty>}
      {items?.length === 0 && (
        <Empty>
          No strategy yet. “New strategy” puts one to work on an instrument, with cash of its own.
        </Empty>
      )}
      {items !== null && items.length > 0 && (
        <ul class="strategies scroll" tabIndex={0} aria-label="Strategies">
          {items.map((strategy) => (
            <StrategyItem
              key={strategy.strategyId}
              strategy={strategy}
              position={positions.get(strategy.strategyId) ?? null}
              onChanged={onChanged}
            />
          ))}
        </ul>
      )}
      {strategies.value !== null && strategies.value.next !== null && (
        <p class="hint">The first {items?.length} of more.</p>
      )}
      {isCreating && (
        <StrategyForm
          instruments={instruments}
          instrumentId={instrumentId}
          onClose={() => setCreating(false)}
          onCreated={() => {
            setCreating(false);
            onChanged();
          }}
        />
      )}
    </Panel>
  );
}

interface StrategyItemProps {
  readonly strategy: Strategy;
  readonly position: Position | null;
  onChanged(): void;
}

function StrategyItem({ strategy, position, onChanged }: StrategyItemProps) {
  const { api } = usePlatform();
  const changeDenial = useDenial('PUT /v1/strategies/{strategyId}');
  const removeDenial = useDenial('DELETE /v1/strategies/{strategyId}');
  const [isRemoving, setRemoving] = useState(false);
  const change = useSubmission();
  const isRunning = strategy.status === 'RUNNING';
  const currency = quoteCurrencyOf(strategy.instrumentId);
  const title = `${strategy.name} on ${nameOf(strategy.instrumentId)}`;
  const toggle = (): void =>
    change.submit(
      async () =>
        api.call('PUT /v1/strategies/{strategyId}', {
          path: { strategyId: strategy.strategyId },
          body: { status: isRunning ? 'PAUSED' : 'RUNNING' },
        }),
      onChanged,
    );
  return (
    <li>
      <div class="strategy-head">
        <StrategyState strategy={strategy} />
        <b>
          <InstrumentName instrumentId={strategy.instrumentId} />
        </b>
        <span class="strategy-buttons">
          <button
            type="button"
            disabled={change.isBusy || changeDenial !== null}
            title={changeDenial ?? undefined}
            aria-label={`${isRunning ? 'Pause' : 'Resume'} ${title}`}
            onClick={toggle}
          >
            {isRunning ? 'Pause' : 'Resume'}
          </button>
          <button
            type="button"
            class="quiet"
            disabled={removeDenial !== null}
            title={removeDenial ?? undefined}
            aria-label={`Remove ${title}`}
            onClick={() => setRemoving(true)}
          >
            <Icon name="trash" />
          </button>
        </span>
      </div>
      <p class="strategy-params">
        {strategy.name} {paramsText(strategy.params)} · {strategy.interval} ·{' '}
        {formatCash(strategy.capital, currency).replace(/\.00$/, '')}
        {'\u00a0'}
        {currency}
      </p>
      {position !== null && <StrategyFigures position={position} />}
      {isRunning && strategy.waiting !== null && <p class="hint">{strategy.waiting}</p>}
      <FormFailure text={change.failure} />
      {isRemoving && (
        <RemoveDialog
          strategy={strategy}
          onClose={() => setRemoving(false)}
          onRemoved={() => {
            setRemoving(false);
            onChanged();
          }}
        />
      )}
    </li>
  );
}

function StrategyState({ strategy: { status, waiting } }: { readonly strategy: Strategy }) {
  const [tone, icon, text] =
    status === 'PAUSED'
      ? (['over', 'pause', 'Paused'] as const)
      : waiting === null
        ? (['good', 'play', 'Running'] as const)
        : (['doubtful', 'clock', 'Waiting'] as const);
  return (
    <span class={`status ${tone}`}>
      <Icon name={icon} /> {text}
    </span>
  );
}

function StrategyFigures({ position }: { readonly position: Position }) {
  const { instrumentId, quantity, realizedProfit, unrealizedProfit } = position;
  const currency = quoteCurrencyOf(instrumentId);
  return (
    <p class="strategy-figures">
      <span>{quantity === '0' ? 'flat' : `holds ${formatQuantity(quantity)}`}</span>
      <Profit label="realised" profit={realizedProfit} currency={currency} />
      <Profit label="open" profit={unrealizedProfit} currency={currency} />
    </p>
  );
}

interface ProfitProps {
  readonly label: string;
  readonly profit: string;
  readonly currency: string;
}

function Profit({ label, profit, currency }: ProfitProps) {
  const tone = ['down', '', 'up'][signOf(profit) + 1]!;
  return (
    <span>
      <small>{label}</small> <span class={tone}>{formatProfit(profit, currency)}</span>
    </span>
  );
}

/** `{"fastPeriod": 5, "slowPeriod": 20}` → `fastPeriod 5, slowPeriod 20` */
function paramsText(params: Strategy['params']): string {
  return Object.entries(params)
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
}

interface RemoveDialogProps {
  readonly strategy: Strategy;
  onClose(): void;
  onRemoved(): void;
}

function RemoveDialog({ strategy, onClose, onRemoved }: RemoveDialogProps) {
  const { api, notify } = usePlatform();
  const removal = useSubmission();
  const remove = (): void =>
    removal.submit(
      async () =>
        api.call('DELETE /v1/strategies/{strategyId}', { path: { strategyId: strategy.strategyId } }),
      () => {
        notify({ tone: 'good', text: `${strategy.name} was removed` });
        onRemoved();
      },
    );
  return (
    <Dialog title={`Remove ${strategy.name} on ${nameOf(strategy.instrumentId)}?`} onClose={onClose}>
      <p>Its cash leaves the portfolio; its orders and fills remain on record. It has to be flat.</p>
      <FormFailure text={removal.failure} />
      <div class="dialog-buttons">
        <button type="button" onClick={onClose}>
          Keep
        </button>
        <button type="button" class="danger" disabled={removal.isBusy} onClick={remove}>
          Remove
        </button>
      </div>
    </Dialog>
  );
}
