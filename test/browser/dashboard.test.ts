import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { openTokenIssuer } from '../../embedded/token-issuer.ts';
import { launchChromium } from './chromium.ts';
import { cutOff } from './cut-off.ts';
import { startPlatform, type RunningPlatform } from './running-platform.ts';
import { candlePixels, openWatched, type WatchedPage } from './watched-page.ts';

jest.setTimeout(120_000);

const DESK = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };
const folder = mkdtempSync(join(tmpdir(), 'millrace-browser-'));
const dataDir = join(folder, 'data');
/** Set to keep the pictures. */
const pictures = process.env['MILLRACE_SCREENSHOTS'] ?? join(folder, 'pictures');

let browser: Browser;
let platform: RunningPlatform;
beforeAll(async () => {
  mkdirSync(pictures, { recursive: true });
  [browser, platform] = await Promise.all([launchChromium(), startPlatform(dataDir)]);
});
afterAll(async () => {
  await browser.close();
  await platform.stop();
  rmSync(folder, { recursive: true, force: true });
});

let watched: WatchedPage;
let page: Page;
afterEach(async () => watched.close());

async function open(
  address: string,
  options: Parameters<typeof openWatched>[1] = { viewport: DESK },
): Promise<void> {
  watched = await openWatched(browser, options);
  page = watched.page;
  await page.goto(address);
}

async function picture(name: string): Promise<number> {
  const path = join(pictures, `${name}.png`);
  await page.screenshot({ path });
  return statSync(path).size;
}

/** Until the condition holds; else what was seen last. */
async function eventually<T>(
  read: () => Promise<T>,
  isRight: (value: T) => boolean,
  withinMs = 60_000,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const value = await read();
    if (isRight(value) || Date.now() > deadline) return value;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const ordersWith = (status: string): Locator => page.locator(`table.orders tr[data-status="${status}"]`);
const dialog = (): Locator => page.getByRole('dialog');
/** Some, be they cents. */
const FEES = /Fees paid\s+(?!0\.00)\d/;
const panel = (name: string): Locator => page.getByRole('region', { name, exact: true });

describe('the page with a viewer’s token', () => {
  it('shows everything, and puts out of reach what would change anything, saying why', async () => {
    const issuer = await openTokenIssuer(dataDir);
    const token = await issuer.mint({ subject: 'guest', role: 'viewer', ttlSeconds: 600 });
    await open(`${new URL(platform.address).origin}/#token=${token}`);
    await page.locator('.price-now').waitFor();
    await page.getByText('· viewer').waitFor();
    const denied = 'Your token is a viewer’s, and does not allow this';
    for (const name of ['Stop trading', 'New strategy', /^Pause /, /^Remove /]) {
      const button = page.getByRole('button', { name }).first();
      expect([name, await button.isDisabled()]).toEqual([name, true]);
      expect(await button.getAttribute('title')).toBe(denied);
    }
    expect(watched.complaints).toEqual([]);
  });
});

describe('the page with a token', () => {
  beforeEach(async () => open(platform.address, { viewport: DESK, colorScheme: 'dark' }));
  afterEach(() => expect(watched.complaints).toEqual([]));

  it('takes the token out of the address bar, and keeps it through a reload', async () => {
    await page.locator('.price-now').waitFor();
    expect(new URL(page.url()).hash).toBe('');
    await page.reload();
    await page.locator('.price-now').waitFor();
  });

  it('draws candles, follows the price, and stays where it is meanwhile', async () => {
    expect(
      await eventually(
        async () => candlePixels(page),
        (pixels) => pixels > 200,
      ),
    ).toBeGreaterThan(200);
    const price = page.locator('.price-now');
    const seen = await price.textContent();
    expect(seen).toMatch(/^\d/);
    expect(
      await eventually(
        async () => price.textContent(),
        (text) => text !== seen,
      ),
    ).not.toBe(seen);
    expect(await page.title()).toMatch(/USDT? · Millrace$/);
    await page.getByRole('tab', { name: '1m' }).click();
    expect(await page.getByRole('tab', { name: '1m' }).getAttribute('aria-selected')).toBe('true');
    expect(await watched.layoutShift()).toBeLessThan(0.05);
  });

  it('shows orders as they are filled, their fills, and what they come to', async () => {
    await ordersWith('FILLED').first().waitFor({ timeout: 60_000 });
    await page.getByRole('tab', { name: 'Fills' }).click();
    await page.locator('table.fills tbody tr').first().waitFor();
    const figures = await eventually(
      async () => page.locator('.totals').innerText(),
      (text) => !text.includes('–') && FEES.test(text),
    );
    expect(figures).toMatch(/Equity\s+\d[\d\u202f]*\.\d\d/);
    expect(figures).toMatch(FEES);
    // One of each of the five instruments of three venues.
    expect(await page.locator('.strategies li').count()).toBe(15);
  });

  it('stops trading and lets it go on, and says who, when and why', async () => {
    await page.getByRole('button', { name: 'Stop trading' }).click();
    await dialog().getByLabel('Why?').fill('a drill');
    await dialog().getByRole('button', { name: 'Stop trading' }).click();
    const banner = page.locator('.banner');
    await banner.waitFor();
    expect(await banner.innerText()).toMatch(/Trading is stopped\.\s+owner, \d\d:\d\d:\d\d: a drill/);
    await ordersWith('DENIED').first().waitFor({ timeout: 60_000 });
    expect(await ordersWith('DENIED').first().innerText()).toContain('the kill switch is engaged');

    await page.getByRole('button', { name: 'Let trading go on' }).click();
    await dialog().getByLabel('Why?').fill('the drill is over');
    await dialog().getByRole('button', { name: 'Go on' }).click();
    await banner.waitFor({ state: 'detached' });
    const newest = page.locator('table.orders tbody tr').first();
    expect(
      await eventually(
        async () => newest.getAttribute('data-status'),
        (status) => status === 'FILLED',
      ),
    ).toBe('FILLED');
  });

  it('submits a backtest and shows its results', async () => {
    const form = page.getByRole('form', { name: 'New backtest of ma-crossover' });
    await form.getByLabel('Candles').selectOption('1s');
    await form.getByLabel('fastPeriod').fill('3, 5');
    await form.getByLabel('slowPeriod').fill('8-12:4');
    await form.getByRole('button', { name: 'Run' }).click();
    await page.locator('table.runs tr[data-status="SUCCEEDED"]').waitFor({ timeout: 60_000 });
    expect(await page.locator('table.results tbody tr').count()).toBe(4);
    expect(await page.locator('table.results caption').innerText()).toMatch(
      /The best 4 of 4 over \d+ candles/,
    );
  });

  it('says in the form what is wrong with it', async () => {
    const form = page.getByRole('form', { name: 'New backtest of ma-crossover' });
    await form.getByLabel('slowPeriod').fill('20-');
    await form.getByRole('button', { name: 'Run' }).click();
    expect(await form.getByRole('alert').innerText()).toContain('slowPeriod: expected numbers such as 5, 10');
  });

  it('creates a strategy, tells a refusal in place, and pauses it', async () => {
    await page.getByRole('button', { name: 'New strategy' }).click();
    await dialog().getByLabel('Parameters').fill('{"fastPeriod": 30, "slowPeriod": 10}');
    await dialog().getByLabel('Candles').selectOption('1s');
    await dialog().getByRole('button', { name: 'Create and run' }).click();
    expect(await dialog().getByRole('alert').innerText()).toContain(
      'fastPeriod: expected less than slowPeriod',
    );
    // A refusal also stands in the browser’s own log.
    expect(watched.complaints.splice(0)).toEqual([expect.stringContaining('422')]);
    await dialog().getByLabel('Parameters').fill('{"fastPeriod": 7, "slowPeriod": 21}');
    await dialog().getByRole('button', { name: 'Create and run' }).click();
    await dialog().waitFor({ state: 'detached' });
    const created = page.locator('.strategies li', { hasText: 'fastPeriod 7' });
    await created.getByRole('button', { name: /^Pause/ }).click();
    await created.getByText('Paused').waitFor();
  });

  it('shows a strategy on an instrument that no source knows as waiting, and says for what', async () => {
    const issuer = await openTokenIssuer(dataDir);
    const token = await issuer.mint({ subject: 'a script', role: 'trader', ttlSeconds: 60 });
    const params = { fastPeriod: 5, slowPeriod: 20 };
    const answer = await fetch(new URL('/v1/strategies', platform.address), {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'ma-crossover', params, instrumentId: 'binance:NO-SUCH', interval: '1m' }),
    });
    expect(answer.status).toBe(201);
    const waiting = page.locator('.strategies li', { hasText: 'NO-SUCH' });
    await waiting.getByText('Waiting', { exact: true }).waitFor();
    await waiting.getByText('no market data of binance:NO-SUCH has come in').waitFor();
    expect(await page.locator('.strategies li').getByText('Running').count()).toBeGreaterThan(0);
  });

  it('is kept to the keyboard as well', async () => {
    const button = page.getByRole('button', { name: 'Stop trading' });
    // It can be pressed once the state of the switch is known.
    await button.click({ trial: true });
    await button.focus();
    await page.keyboard.press('Enter');
    await dialog().waitFor();
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
    expect(await button.evaluate((element) => element === document.activeElement)).toBe(true);
    await page.getByRole('tab', { name: 'Functions' }).focus();
    await page.keyboard.press('ArrowRight');
    expect(await page.getByRole('tab', { name: /Quarantine/ }).getAttribute('aria-selected')).toBe('true');
    await panel('Health').getByText('Nothing is set aside').waitFor();
  });
});

describe('the health of what is listened to', () => {
  it('is told of each venue, with its books', async () => {
    await open(platform.address);
    await page.getByRole('tab', { name: 'Venues' }).click();
    const rows = page.locator('table.venues tbody tr');
    await rows.nth(2).waitFor();
    const told = await eventually(
      async () => rows.allInnerTexts(),
      (texts) => texts.every((text) => text.endsWith('5/5')),
    );
    expect(told.map((text) => text.replaceAll(/\s+/g, ' '))).toEqual([
      expect.stringMatching(/^binance \d+ .s \S+-USDT \d+ .s 0 0 5\/5$/),
      expect.stringMatching(/^coinbase \d+ .s \S+-USD \d+ .s 0 0 5\/5$/),
      expect.stringMatching(/^kraken \d+ .s \S+-USD \d+ .s 0 0 5\/5$/),
    ]);
    expect(watched.complaints).toEqual([]);
  });
});

describe('the page to look at', () => {
  afterEach(() => expect(watched.complaints).toEqual([]));

  it.each(['dark', 'light'] as const)('has a %s side', async (colorScheme) => {
    await open(platform.address, { viewport: DESK, colorScheme });
    await eventually(
      async () => candlePixels(page),
      (pixels) => pixels > 200,
    );
    await page.locator('table.functions tbody tr').first().waitFor();
    expect(await picture(`desk-${colorScheme}`)).toBeGreaterThan(30_000);
    const [, ...ground] = /(\d+), (\d+), (\d+)/.exec(
      await page.evaluate(() => getComputedStyle(document.body).backgroundColor),
    )!;
    expect(Number(ground[0]) > 128).toBe(colorScheme === 'light');
  });

  it('fits a phone without scrolling sideways', async () => {
    await open(platform.address, { viewport: PHONE, colorScheme: 'dark', hasTouch: true });
    await eventually(
      async () => candlePixels(page),
      (pixels) => pixels > 100,
    );
    await page.locator('table.functions tbody tr').first().waitFor();
    expect(await picture('phone')).toBeGreaterThan(15_000);
    for (const tab of ['Functions', 'Venues']) {
      await page.getByRole('tab', { name: tab }).click();
      expect([tab, await cutOff(page)]).toEqual([tab, []]);
    }
  });
});

describe('the page without', () => {
  it('a token says how to get one', async () => {
    await open(new URL('/', platform.address).href);
    await page.getByText('npx millrace token').waitFor();
    expect(watched.complaints).toEqual([]);
  });

  it('a valid token says what is wrong with it', async () => {
    await open(new URL('/#token=forged', platform.address).href);
    await page.getByText('npx millrace token').waitFor();
    expect(await page.locator('.form-failure').innerText()).not.toBe('');
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
  });

  it('its platform says that it is stale, and goes on when that is back', async () => {
    await open(platform.address);
    const connection = page.locator('.connection');
    await connection.getByText('Live').waitFor();
    await platform.stop();
    await connection.getByText(/Stale, retry in/).waitFor();
    await page
      .getByText(/Not up to date/)
      .first()
      .waitFor();
    platform = await startPlatform(dataDir, platform.port);
    await connection.getByText('Live').waitFor();
    const seen = await page.locator('.price-now').textContent();
    const price = await eventually(
      async () => page.locator('.price-now').textContent(),
      (text) => text !== seen,
    );
    expect(price).not.toBe(seen);
    expect(
      await eventually(
        async () => page.getByText(/Not up to date/).count(),
        (count) => count === 0,
      ),
    ).toBe(0);
  });
});
