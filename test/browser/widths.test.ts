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
    for (const tab of ['Orders', 'Fills', /^Quarantine/, 'Quality', 'Functions']) {
      await page.getByRole('tab', { name: tab }).click();
      expect([tab, await cutOff(page)]).toEqual([tab, []]);
    }
    expect(watched.complaints).toEqual([]);
  });
});
