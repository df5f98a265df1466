import type { TargetedSubmitEvent } from 'preact';
import { useState } from 'preact/hooks';
import { useReading, type Reading } from '../api/use-reading.ts';
import type { QuarantinedItem } from '../api/views.ts';
import { textOf } from '../forms/fields.tsx';
import { readJsonObject } from '../forms/json-input.ts';
import { useSubmission } from '../forms/use-submission.ts';
import { formatMoment } from '../numbers/format-time.ts';
import { Dialog } from '../page/dialog.tsx';
import { InstrumentName } from '../page/instrument-name.tsx';
import { Empty, FormFailure } from '../page/panel.tsx';
import { usePlatform } from '../page/platform-access.ts';
import { useDenial } from '../page/rights.ts';

interface QuarantinePage {
  readonly items: readonly QuarantinedItem[];
  readonly next: string | null;
}

const EVERY_MS = 10_000;

export function useQuarantine(): Reading<QuarantinePage> {
  const { api } = usePlatform();
  return useReading(async () => api.call('GET /v1/quarantine', { query: { limit: 100 } }), {
    everyMs: EVERY_MS,
  });
}

export function QuarantineList({ quarantine }: { readonly quarantine: Reading<QuarantinePage> }) {
  const [chosen, setChosen] = useState<QuarantinedItem | null>(null);
  const items = quarantine.value?.items ?? null;
  if (items === null) return <Empty>Reading the quarantine…</Empty>;
  if (items.length === 0) return <Empty>Nothing is set aside: every message could be read and stored.</Empty>;
  return (
    <>
      <ul class="set-aside scroll" tabIndex={0} aria-label="Quarantine">
        {items.map((item) => (
          <li key={item.id} class="with-button">
            <p>
              <b>{item.kind}</b>{' '}
              {item.instrumentId === null ? item.lane : <InstrumentName instrumentId={item.instrumentId} />}{' '}
              <small>
                {item.functionName}, {formatMoment(item.quarantinedAtMs, Date.now())}
              </small>
            </p>
            <p class="cause">{item.cause}</p>
            <button type="button" onClick={() => setChosen(item)}>
              {item.kind === 'trade' ? 'Redrive…' : 'Show…'}
            </button>
          </li>
        ))}
      </ul>
      {chosen !== null && (
        <RedriveDialog
          item={chosen}
          onClose={() => setChosen(null)}
          onDone={() => {
            setChosen(null);
            quarantine.refresh();
          }}
        />
      )}
    </>
  );
}

interface RedriveDialogProps {
  readonly item: QuarantinedItem;
  onClose(): void;
  onDone(): void;
}

function RedriveDialog({ item, onClose, onDone }: RedriveDialogProps) {
  const { api, notify } = usePlatform();
  const denial = useDenial('POST /v1/quarantine/{id}/redrive');
  const redrive = useSubmission();
  const onSubmit = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const fix = readJsonObject(textOf(new FormData(event.currentTarget), 'fix'));
    if (fix.kind === 'unreadable') return redrive.refuse(`fix: ${fix.detail}`);
    const body = Object.keys(fix.object).length === 0 ? {} : { fix: fix.object };
    redrive.submit(
      async () => api.call('POST /v1/quarantine/{id}/redrive', { path: { id: item.id }, body }),
      () => {
        notify({ tone: 'good', text: 'The trade is on its way again' });
        onDone();
      },
    );
  };
  return (
    <Dialog
      title={item.kind === 'trade' ? 'Send the trade again' : `A ${item.kind} that was set aside`}
      onClose={onClose}
    >
      <form onSubmit={onSubmit} class="stacked">
        <p class="cause">{item.cause}</p>
        <pre tabIndex={0} aria-label="What was set aside">
          {item.payload}
        </pre>
        {item.kind === 'trade' ? (
          <label>
            Fields to mend, as JSON; nothing sends it as it is
            <textarea name="fix" rows={2} spellcheck={false} placeholder={'{"price": "61837.64"}'} />
          </label>
        ) : (
          <p>Only trades can be sent again; this one is kept for whoever mends its cause.</p>
        )}
        <FormFailure text={redrive.failure} />
        <div class="dialog-buttons">
          <button type="button" onClick={onClose}>
            Close
          </button>
          {item.kind === 'trade' && (
            <button
              type="submit"
              class="primary"
              disabled={redrive.isBusy || denial !== null}
              title={denial ?? undefined}
            >
              Redrive
            </button>
          )}
        </div>
      </form>
    </Dialog>
  );
}
