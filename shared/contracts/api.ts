/**
 * The REST API: what each route that topology.ts maps takes and gives. Handlers are typed by this table, requests are
 * parsed by it, and the OpenAPI document is written from it.
 */
import * as z from 'zod';
import { accountRoutes } from './account-routes.ts';
import { barsRoute } from './bar-views.ts';
import { runPage, runPath, runsQuery, runView, submitBacktestBody } from './backtest-views.ts';
import { orderView } from './events.ts';
import { givenUpList, givenUpQuery, redriveGivenUpBody, redrivenList } from './given-up-views.ts';
import { healthView, livenessView, metricsText, PROMETHEUS_CONTENT_TYPE } from './health-view.ts';
import {
  candlePage,
  candlesQuery,
  bookPage,
  booksQuery,
  correlationsRoute,
  instrumentPage,
  instrumentsQuery,
  pairPath,
  priceQuery,
  priceView,
  quotePage,
  quotesQuery,
} from './market-views.ts';
import { fillPage, fillsQuery, orderPage, orderPath, ordersQuery } from './order-views.ts';
import { portfolioQuery, portfolioView } from './portfolio-views.ts';
import { qualityRoute } from './quality-views.ts';
import {
  quarantinePage,
  quarantinePath,
  quarantineQuery,
  quarantineView,
  redriveBody,
} from './quarantine-views.ts';
import { riskRoutes } from './risk-routes.ts';
import { callerView } from './roles.ts';
import { socketTicket } from './socket-messages.ts';
import {
  changeStrategyBody,
  createStrategyBody,
  MAX_STRATEGIES,
  strategiesQuery,
  strategyDetail,
  strategyPage,
  strategyPath,
  strategyView,
} from './strategy-views.ts';

export interface RouteContract {
  readonly summary: string;
  readonly path?: z.ZodObject;
  readonly query?: z.ZodObject;
  /** Left out: an empty body or an empty object. */
  readonly body?: z.ZodObject | z.ZodDiscriminatedUnion<readonly z.ZodObject[]>;
  readonly status: 200 | 201 | 202 | 204;
  /** Left out: no content. */
  readonly response?: z.ZodType;
  /** Of an answer that is text and not JSON. */
  readonly contentType?: string;
  /** Refusals beyond those that any route may give. */
  readonly problems?: readonly (404 | 409 | 422)[];
}

const nothing = z.strictObject({});

/** OpenAPI describes everything else, not itself. */
export const openApiView = z.looseObject({ openapi: z.string() });

export const contracts = {
  'GET /openapi.json': { summary: 'This document.', status: 200, response: openApiView },
  'GET /v1/health': { summary: 'That the API lives.', status: 200, response: livenessView },
  'GET /v1/caller': {
    summary: 'Whom the token names, and what it allows.',
    status: 200,
    response: callerView,
  },
  'GET /v1/status': {
    summary: 'How the platform and each of its functions is doing.',
    status: 200,
    response: healthView,
  },
  'GET /metrics': {
    summary: 'What was counted since the start, as Prometheus reads it; on AWS it is in CloudWatch.',
    status: 200,
    response: metricsText,
    contentType: PROMETHEUS_CONTENT_TYPE,
    problems: [404],
  },
  'GET /v1/prices/{pair}': {
    summary: 'The close of the latest 1s candle.',
    path: pairPath,
    query: priceQuery,
    status: 200,
    response: priceView,
    problems: [404],
  },
  'GET /v1/candles/{pair}': {
    summary:
      'The newest candles of a range, oldest first; the one under way comes last with `closed: false`.',
    path: pairPath,
    query: candlesQuery,
    status: 200,
    response: candlePage,
    problems: [404],
  },
  'GET /v1/bars/{pair}': barsRoute,
  'GET /v1/quotes/{pair}': {
    summary:
      'The best prices of a book with spread, middle, microprice and imbalance, newest first: its last state of each ' +
      '100 ms of venue time in which it changed.',
    path: pairPath,
    query: quotesQuery,
    status: 200,
    response: quotePage,
    problems: [404],
  },
  'GET /v1/books/{pair}': {
    summary:
      'The best levels of a book and its depth, once for each second in which it changed, newest first.',
    path: pairPath,
    query: booksQuery,
    status: 200,
    response: bookPage,
    problems: [404],
  },
  'GET /v1/quality': qualityRoute,
  'GET /v1/correlations': correlationsRoute,
  'GET /v1/instruments': {
    summary:
      'Instruments in order of name: those that have candles, or what an exchange lists, with its steps and since when.',
    query: instrumentsQuery,
    status: 200,
    response: instrumentPage,
  },
  'GET /v1/strategies': {
    summary: 'Strategy instances.',
    query: strategiesQuery,
    status: 200,
    response: strategyPage,
  },
  'POST /v1/strategies': {
    summary:
      'Creates a strategy instance with a book of its own on an account, and starts it. ' +
      `At ${MAX_STRATEGIES} instances no more are taken: a guard, not a quota. On AWS the count is eventually ` +
      'consistent and may lag behind what was created or removed within the last moments.',
    body: createStrategyBody,
    status: 201,
    response: strategyView,
    problems: [404, 409],
  },
  'GET /v1/strategies/{strategyId}': {
    summary: 'A strategy instance, its progress and its position.',
    path: strategyPath,
    status: 200,
    response: strategyDetail,
    problems: [404],
  },
  'PUT /v1/strategies/{strategyId}': {
    summary:
      'Pauses a strategy instance or lets it go on; what it missed meanwhile it only looks at, and acts on what comes.',
    path: strategyPath,
    body: changeStrategyBody,
    status: 200,
    response: strategyView,
    problems: [404, 409],
  },
  'DELETE /v1/strategies/{strategyId}': {
    summary:
      'Removes a strategy instance that is flat and has no order in flight. Its orders and fills remain.',
    path: strategyPath,
    status: 204,
    problems: [404, 409],
  },
  'GET /v1/orders': {
    summary: 'Orders of an account, newest first.',
    query: ordersQuery,
    status: 200,
    response: orderPage,
    problems: [404],
  },
  'GET /v1/orders/{clientOrderId}': {
    summary: 'An order and what became of it.',
    path: orderPath,
    status: 200,
    response: orderView,
    problems: [404],
  },
  'GET /v1/portfolio': {
    summary: 'Positions of an account marked at the latest 1s candle, and what they come to.',
    query: portfolioQuery,
    problems: [404],
    status: 200,
    response: portfolioView,
  },
  'GET /v1/fills': {
    summary: 'Fills of an account, newest first.',
    query: fillsQuery,
    status: 200,
    response: fillPage,
    problems: [404],
  },
  ...accountRoutes,
  ...riskRoutes,
  'GET /v1/quarantine': {
    summary: 'What was set aside, newest first, with its cause.',
    query: quarantineQuery,
    status: 200,
    response: quarantinePage,
  },
  'POST /v1/quarantine/{id}/redrive': {
    summary: 'Sends a trade that was set aside again, mended where a fix is given.',
    path: quarantinePath,
    body: redriveBody,
    status: 200,
    response: quarantineView,
    problems: [404, 409],
  },
  'GET /v1/given-up': {
    summary: 'Records, events and messages that a function could not be made to take, with their cause.',
    query: givenUpQuery,
    status: 200,
    response: givenUpList,
    problems: [404],
  },
  'POST /v1/given-up/redrive': {
    summary:
      'Sends what functions gave up again, the way that it came. What was done meanwhile is known by its ids.',
    body: redriveGivenUpBody,
    status: 200,
    response: redrivenList,
    problems: [404],
  },
  'GET /v1/backtests': {
    summary: 'Backtest runs, newest first.',
    query: runsQuery,
    status: 200,
    response: runPage,
  },
  'POST /v1/backtests': {
    summary: 'Submits a backtest over a grid of parameters.',
    body: submitBacktestBody,
    status: 202,
    response: runView,
    problems: [409, 422],
  },
  'GET /v1/backtests/{runId}': {
    summary: 'A backtest run and its best results.',
    path: runPath,
    status: 200,
    response: runView,
    problems: [404],
  },
  'POST /v1/socket-tickets': {
    summary: 'A one-use ticket for the WebSocket: connect to `/v1/socket?ticket=…` within half a minute.',
    status: 201,
    response: socketTicket,
  },
} as const satisfies Record<string, RouteContract>;

type Contracts = typeof contracts;
/** `GET /v1/prices/{pair}` and so on. */
export type RouteKey = keyof Contracts;

type Parsed<R extends RouteKey, Part extends 'path' | 'query' | 'body'> =
  Contracts[R] extends Record<Part, infer S extends z.ZodType> ? z.output<S> : z.output<typeof nothing>;

export type PathOf<R extends RouteKey> = Parsed<R, 'path'>;
export type QueryOf<R extends RouteKey> = Parsed<R, 'query'>;
export type BodyOf<R extends RouteKey> = Parsed<R, 'body'>;
/** `null`: the route answers without content. */
export type ResponseOf<R extends RouteKey> = Contracts[R] extends {
  readonly response: infer S extends z.ZodType;
}
  ? z.input<S>
  : null;

/** The parts of a request that a route names nothing of must be empty. */
export function contractOf(
  route: RouteKey,
): RouteContract & Required<Pick<RouteContract, 'path' | 'query' | 'body'>> {
  const contract: RouteContract = contracts[route];
  return { path: nothing, query: nothing, body: nothing, ...contract };
}

export function isRoute(key: string): key is RouteKey {
  return Object.hasOwn(contracts, key);
}
