/** The page at the widths that people have, over a market that asks for much room. */
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { writeCapture } from '../platform/write-capture.ts';
import { awkwardMarket } from './awkward-market.ts';
import { launchChromium } from './chromium.ts';
import { cutOff } from './cut-off.ts';
import { startPlatform, type RunningPlatform } from './running-platform.ts';
import { openWatched, type WatchedPage } from './watched-page.ts';

jest.setTimeout(120_000);

const folder = mkdtempSync(join(tmpdir(), 'millrace-widths-'));
const capture = join(folder, 'awkward.ndjson.gz');
const strategy = ['--strategy', 'ma-crossover', '--params', '{"fastPeriod":1,"slowPeriod":2}'];

let browser: Browser;
let platform: RunningPlatform;
let watched: WatchedPage;
let page: Page;

beforeAll(async () => {
  writeCapture(capture, awkwardMarket());
  [browser, platform] = await Promise.all([
    launchChromium(),
    startPlatform(join(folder, 'data'), 0, [
      ...['--replay', capture, '--speed', 'max', '--strategy-interval', '1s'],
      ...strategy,
    ]),
  ]);
  await open(1280);
  await page.getByText('as of 2026-03-01 00:01:30').waitFor({ timeout: 60_000 });
  // The swing that the market ends in is bought, and what one candle said of its data stands at an order.
  await page.locator('table.positions tbody tr').nth(3).waitFor({ timeout: 60_000 });
  await page.locator('table.orders .doubtful').first().waitFor();
  const form = page.getByRole('form', { name: 'New backtest of ma-crossover' });
  await form.getByLabel('Candles').selectOption('1s');
  await form.getByRole('button', { name: 'Run' }).click();
  await page.locator('table.results').waitFor({ timeout: 60_000 });
  await watched.close();
});
afterEach(async () => watched.close());
afterAll(async () => {
  await browser.close();
  await platform.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function open(width: number): Promise<void> {
  watched = await openWatched(browser, { viewport: { width, height: 1181 } });
  page = watched.page;
  await page.goto(platform.address);
  for (const table of ['positions', 'orders', 'functions'])
    await page.locator(`table.${table} tbody tr`).first().waitFor();
}

describe.each([390, 768, 1024, 1280, 1440, 1920])('the page at a width of %d', (width) => {
  it('cuts nothing off and does not scroll sideways, whatever is shown', async () => {
    await open(width);
    await page.locator('table.results tbody tr').first().waitFor();
    for (const tab of ['Orders', 'Fills', /^Quarantine/, /^Quality/, 'Venues', 'Functions']) {
      await page.getByRole('tab', { name: tab }).click();
      expect([tab, await cutOff(page)]).toEqual([tab, []]);
    }
    expect(watched.complaints).toEqual([]);
  });
});

describe.each([390, 1024, 1280])('one position alone at a width of %d', (width) => {
  it.each(['BTC', '币安人生', '1000000MOG', 'PEPE'])('fits whatever its figures are: %s', async (base) => {
    watched = await openWatched(browser, { viewport: { width, height: 1181 } });
    page = watched.page;
    await page.route('**/v1/portfolio', async (route) => {
      const response = await route.fetch();
      const portfolio = (await response.json()) as { positions: { instrumentId: string }[] };
      const positions = portfolio.positions.filter(({ instrumentId }) => instrumentId.includes(`:${base}-`));
      await route.fulfill({ response, json: { ...portfolio, positions } });
    });
    await page.goto(platform.address);
    await page.locator('table.positions tbody tr').first().waitFor();
    expect(await page.locator('table.positions tbody tr').count()).toBe(1);
    expect(await cutOff(page)).toEqual([]);
    // What is on its way while the page is closed.
    await page.unrouteAll({ behavior: 'ignoreErrors' });
  });
});

describe('an instrument of another script, at which one price is wild and one could not be read', () => {
  it('can be chosen, and the page says what is said against its data', async () => {
    await open(1280);
    await page.getByLabel('Instrument').first().selectOption({ label: '币安人生-USDT' });
    await page.getByRole('heading', { name: '币安人生-USDT binance' }).waitFor();
    await page.locator('.price-now', { hasText: /^0\.1\d{3}$/ }).waitFor();
    // It is a replay of another day.
    await page.getByText('as of 2026-03-01 00:01:').waitFor();
    await page.getByRole('tab', { name: 'Quality (4)' }).click();
    const spikes = await page
      .getByRole('list', { name: 'Quality of data' })
      .getByRole('listitem')
      .allInnerTexts();
    expect(spikes.map((text) => text.split('\n')[0])).toContain(
      'spike 币安人生-USDT binance trade, 2026-03-01 00:00:40',
    );
    await page.getByRole('tab', { name: 'Quarantine (1)' }).click();
    await page.getByText('price: expected a decimal above zero, got "not a price"').waitFor();
    expect(watched.complaints).toEqual([]);
  });
});
