import type { Health } from '../api/views.ts';
import { formatCount, formatDuration, NO_FIGURE } from '../numbers/format-number.ts';
import { Icon } from '../page/icon.tsx';
import { Empty } from '../page/panel.tsx';

export function HealthTable({ health }: { readonly health: Health | null }) {
  if (health === null) return <Empty>Reading the health of the functions…</Empty>;
  return (
    <>
      <HealthSummary health={health} />
      <div class="scroll" tabIndex={0} role="region" aria-label="Functions">
        <table class="functions">
          <thead>
            <tr>
              <th>Function</th>
              <th class="number">Calls</th>
              <th class="number">Errors</th>
              <th class="number" title="99 of 100 calls took no longer">
                p99
              </th>
              <th class="number" title="How far behind its stream or queue it is">
                Lag
              </th>
            </tr>
          </thead>
          <tbody>
            {busiestFirst(health.functions).map(({ name, invocations, errors, durationMsP99, lagMs }) => (
              <tr key={name} class={invocations === 0 ? 'idle' : ''}>
                <td class="name">{name}</td>
                <td class="number">{formatCount(invocations)}</td>
                <td class={`number ${errors > 0 ? 'down' : ''}`}>{formatCount(errors)}</td>
                <td class="number">{durationMsP99 === null ? NO_FIGURE : formatDuration(durationMsP99)}</td>
                <td class="number">{lagMs === null ? NO_FIGURE : formatDuration(lagMs)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

/** In the order of the platform, those that were never called last. */
function busiestFirst(functions: Health['functions']): Health['functions'] {
  return [...functions].sort((a, b) => Number(a.invocations === 0) - Number(b.invocations === 0));
}

function HealthSummary({ health }: { readonly health: Health }) {
  const { status, reasons, deadLetters } = health;
  const letters = Object.entries(deadLetters).map(
    ([queue, count]) => `${queue} ${count === null ? 'unknown' : formatCount(count)}`,
  );
  return (
    <p class="health-summary">
      <span class={`status ${status === 'ok' ? 'good' : 'bad'}`}>
        <Icon name={status === 'ok' ? 'check' : 'warning'} /> {status === 'ok' ? 'All is well' : 'Degraded'}
      </span>
      {reasons.length > 0 ? (
        <span>{reasons.join('; ')}</span>
      ) : (
        <span class="hint">Dead letters: {letters.join(', ') || 'none'}</span>
      )}
    </p>
  );
}
