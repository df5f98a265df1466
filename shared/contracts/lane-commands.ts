/** What is asked of the paper venue, as it lies in the lane of its instrument among the trades. */
import * as z from 'zod';
import type { VenueCommand, WrittenChange } from '../domain/orders/written-command.ts';
import { accountIdText } from './account-records.ts';
import { decimalText, positiveDecimalText } from './decimal-text.ts';
import { order } from './events.ts';
import { instrumentId } from './instrument-fields.ts';
import { trail } from './order-terms.ts';

/** An entry and its exits, or the rungs of a ladder. */
const MAX_LINKED_ORDERS = 20;

const head = { v: z.literal(1), lane: z.string() };

const orderRecord = z.object({ ...head, kind: z.literal('order'), order });
export type OrderRecordV1 = z.infer<typeof orderRecord>;

/** An order that may or may not have been sent down the lane before is not to fill any more, for this reason. */
const withdrawalRecord = orderRecord.extend({ kind: z.literal('withdrawal'), reason: z.string() });
export type WithdrawalRecordV1 = z.infer<typeof withdrawalRecord>;

const distance = z.strictObject({ by: z.enum(['amount', 'fraction']), value: decimalText });
const linkFields = {
  siblings: z
    .strictObject({ groupId: z.string().min(1).max(40), rule: z.enum(['cancel', 'reduce']) })
    .optional(),
  parentId: z.uuid().optional(),
  isHeld: z.literal(true).optional(),
  ofEntry: z
    .strictObject({
      stopPrice: distance.optional(),
      price: distance.optional(),
      activationPrice: distance.optional(),
    })
    .optional(),
};
const linkedOrder = order.safeExtend(linkFields).superRefine(({ isHeld, parentId, ofEntry }, context) => {
  if (isHeld === true && parentId === undefined)
    context.addIssue({ code: 'custom', message: 'an order that is held needs its parentId' });
  if (ofEntry !== undefined && isHeld !== true)
    context.addIssue({ code: 'custom', message: 'an order that is not held has prices of its own' });
});

/** Of one holder and one instrument; each once. */
const ordersRecord = z
  .strictObject({
    ...head,
    kind: z.literal('orders'),
    orders: z.array(linkedOrder).min(1).max(MAX_LINKED_ORDERS),
  })
  .superRefine(({ orders }, context) => {
    const holders = orders.map(
      ({ accountId, strategyId, instrumentId: of }) => `${accountId} ${strategyId} ${of}`,
    );
    if (new Set(holders).size > 1)
      context.addIssue({
        code: 'custom',
        message: 'orders that belong together are of one strategy and instrument',
      });
    if (new Set(orders.map(({ clientOrderId }) => clientOrderId)).size < orders.length)
      context.addIssue({ code: 'custom', message: 'orders that belong together have ids of their own' });
  });
export type OrdersRecordV1 = z.infer<typeof ordersRecord>;

const identity = z.strictObject({
  clientOrderId: z.uuid(),
  accountId: accountIdText,
  strategyId: z.uuid(),
  instrumentId,
});
const cancelRecord = z.strictObject({ ...head, kind: z.literal('cancel'), order: identity });
export type CancelRecordV1 = z.infer<typeof cancelRecord>;

const change = z
  .strictObject({
    quantity: positiveDecimalText.optional(),
    price: positiveDecimalText.optional(),
    stopPrice: positiveDecimalText.optional(),
    trail: trail.optional(),
  })
  .refine((asked) => Object.keys(asked).length > 0, {
    error: 'expected a change',
  }) satisfies z.ZodType<WrittenChange>;
const replaceRecord = z.strictObject({ ...head, kind: z.literal('replace'), order: identity, change });
export type ReplaceRecordV1 = z.infer<typeof replaceRecord>;

export const commandRecords = {
  order: orderRecord,
  orders: ordersRecord,
  cancel: cancelRecord,
  replace: replaceRecord,
  withdrawal: withdrawalRecord,
} as const;

type CommandKind = keyof typeof commandRecords;
export type CommandRecordV1 =
  OrderRecordV1 | OrdersRecordV1 | CancelRecordV1 | ReplaceRecordV1 | WithdrawalRecordV1;

export function isCommandKind(kind: unknown): kind is CommandKind {
  return typeof kind === 'string' && Object.hasOwn(commandRecords, kind);
}

export function commandOf(record: CommandRecordV1): VenueCommand {
  switch (record.kind) {
    case 'order':
      return { kind: 'submit', orders: [record.order] };
    case 'orders':
      return { kind: 'submit', orders: record.orders };
    case 'cancel':
      return { kind: 'cancel', order: record.order };
    case 'replace':
      return { kind: 'replace', order: record.order, change: record.change };
    case 'withdrawal':
      return { kind: 'withdraw', order: record.order, reason: record.reason };
  }
}

/** One order that stands alone has the record that it had before there were others. */
export function commandRecord(lane: string, command: VenueCommand): CommandRecordV1 {
  switch (command.kind) {
    case 'submit': {
      const [first, ...others] = command.orders;
      if (first !== undefined && others.length === 0 && !isLinked(first))
        return { v: 1, kind: 'order', lane, order: first };
      return { v: 1, kind: 'orders', lane, orders: [...command.orders] };
    }
    case 'cancel':
      return { v: 1, kind: 'cancel', lane, order: command.order };
    case 'replace':
      return { v: 1, kind: 'replace', lane, order: command.order, change: command.change };
    case 'withdraw':
      return { v: 1, kind: 'withdrawal', lane, order: command.order, reason: command.reason };
  }
}

function isLinked(asked: object): boolean {
  return Object.keys(linkFields).some((field) => field in asked);
}
