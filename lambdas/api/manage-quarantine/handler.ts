import { quarantinePartition } from '../../../shared/contracts/record-keys.ts';
import type { QuarantineRecord } from '../../../shared/contracts/records.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import { redriveQuarantined, type RedriveOutcome } from '../../../shared/runtime/redrive-quarantine.ts';
import { defineRestFunction } from '../../../shared/runtime/rest-function.ts';
import { listItems } from '../../../shared/runtime/rest-listing.ts';
import type { RestOutcome } from '../../../shared/runtime/rest-outcome.ts';

/** Shows what was set aside and sends it again. */
export function createHandler(ports: Pick<Ports, 'state' | 'streams'>, nowMs: () => number = Date.now) {
  return defineRestFunction('manage-quarantine', {
    'GET /v1/quarantine': async ({ query }) => {
      const partition = quarantinePartition(query.status);
      return listItems(
        async (options) => {
          const page = await ports.state.queryIndex<QuarantineRecord>('operations', partition, options);
          return {
            next: page.next,
            items: page.items.map((item) => ({ ...item, value: viewOf(item.value) })),
          };
        },
        query,
        { descending: true },
      );
    },
    'POST /v1/quarantine/{id}/redrive': async ({ path, body }) =>
      answer(path.id, await redriveQuarantined(ports, path.id, body.fix ?? null, nowMs())),
  });
}

function answer(id: string, outcome: RedriveOutcome): RestOutcome<'POST /v1/quarantine/{id}/redrive'> {
  switch (outcome.kind) {
    case 'redriven':
      return { kind: 'done', body: viewOf(outcome.record) };
    case 'not-found':
      return { kind: 'not-found', detail: `nothing in quarantine with id ${id}` };
    case 'redriven-before':
      return { kind: 'conflict', detail: `${id} has been redriven already` };
    case 'not-a-trade':
      return { kind: 'unprocessable', detail: outcome.reason };
    case 'still-bad':
      return { kind: 'unprocessable', detail: `still not a trade: ${outcome.cause}` };
  }
}

function viewOf(record: QuarantineRecord) {
  return { ...record, fix: record.fix === null ? null : { ...record.fix } };
}
