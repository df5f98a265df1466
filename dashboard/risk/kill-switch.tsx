import type { TargetedSubmitEvent } from 'preact';
import { useState } from 'preact/hooks';
import { failureText } from '../api/api-client.ts';
import type { Reading } from '../api/use-reading.ts';
import type { KillSwitchState } from '../api/views.ts';
import { textOf } from '../forms/fields.tsx';
import { useSubmission } from '../forms/use-submission.ts';
import { formatMoment } from '../numbers/format-time.ts';
import { Dialog } from '../page/dialog.tsx';
import { Icon } from '../page/icon.tsx';
import { FormFailure } from '../page/panel.tsx';
import { usePlatform } from '../page/platform-access.ts';
import { useDenial } from '../page/rights.ts';

interface KillSwitchProps {
  readonly killSwitch: Reading<KillSwitchState>;
}

/** Stops all trading, or lets it go on. It asks why: who looks at it later wants to know. */
export function KillSwitchButton({ killSwitch }: KillSwitchProps) {
  const [isAsking, setAsking] = useState(false);
  const { value, failure, refresh } = killSwitch;
  const denial = useDenial('PUT /v1/risk/kill-switch');
  const isEngaged = value?.engaged ?? false;
  return (
    <>
      <button
        type="button"
        class={`kill-switch ${isEngaged ? 'engaged' : 'danger'}`}
        disabled={value === null || denial !== null}
        title={
          failure === null ? (denial ?? undefined) : `The kill switch cannot be read: ${failureText(failure)}`
        }
        onClick={() => setAsking(true)}
      >
        <Icon name={isEngaged ? 'play' : 'stop'} /> {isEngaged ? 'Let trading go on' : 'Stop trading'}
      </button>
      {isAsking && (
        <KillSwitchDialog
          engage={!isEngaged}
          onClose={() => setAsking(false)}
          onDone={() => {
            setAsking(false);
            refresh();
          }}
        />
      )}
    </>
  );
}

interface KillSwitchDialogProps {
  readonly engage: boolean;
  onClose(): void;
  onDone(): void;
}

function KillSwitchDialog({ engage, onClose, onDone }: KillSwitchDialogProps) {
  const { api } = usePlatform();
  const change = useSubmission();
  const onSubmit = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const reason = textOf(new FormData(event.currentTarget), 'reason');
    change.submit(
      async () => api.call('PUT /v1/risk/kill-switch', { body: { engaged: engage, reason } }),
      onDone,
    );
  };
  return (
    <Dialog title={engage ? 'Stop all trading?' : 'Let trading go on?'} onClose={onClose}>
      <form onSubmit={onSubmit} class="stacked">
        <p>
          {engage
            ? 'From now on every order is denied, whichever strategy asks for it. Positions stay as they are; orders already at the venue are not recalled.'
            : 'Strategies place orders again from their next signal on. What they missed is not made up for.'}
        </p>
        <label>
          Why?
          <input name="reason" required maxLength={500} autocomplete="off" />
        </label>
        <FormFailure text={change.failure} />
        <div class="dialog-buttons">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class={engage ? 'danger filled' : 'primary'} disabled={change.isBusy}>
            {engage ? 'Stop trading' : 'Go on'}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** Who stopped trading, when and why. */
export function KillSwitchBanner({ killSwitch }: KillSwitchProps) {
  const { value, failure } = killSwitch;
  if (value === null && failure !== null) {
    return (
      <p class="banner" role="alert">
        <Icon name="warning" /> The kill switch cannot be read: {failureText(failure)}
      </p>
    );
  }
  if (value === null || !value.engaged) return null;
  return (
    <p class="banner" role="alert">
      <Icon name="stop" /> <b>Trading is stopped.</b> {value.by}, {formatMoment(value.atMs, Date.now())}:{' '}
      {value.reason}
    </p>
  );
}
