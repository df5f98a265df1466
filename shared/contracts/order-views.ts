/** What REST is asked about orders and fills; they are shown as the bus shows them. */
import * as z from 'zod';
import { ORDER_STATUSES } from '../domain/orders/order.ts';
import { accountQuery } from './account-routes.ts';
import { fill, orderView } from './events.ts';
import { pageOf, pageQuery } from './page.ts';

const strategyId = z.uuid({ error: 'expected a UUID' }).optional();

export const ordersQuery = z.strictObject({
  ...accountQuery,
  ...pageQuery,
  strategyId,
  status: z.enum(ORDER_STATUSES).optional(),
});
export const orderPath = z.strictObject({ clientOrderId: z.uuid({ error: 'expected a UUID' }) });
export const orderPage = pageOf(orderView);

export const fillsQuery = z.strictObject({ ...accountQuery, ...pageQuery, strategyId });
export const fillPage = pageOf(fill);
