import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

export interface WatchedPage {
  readonly page: Page;
  /** All that went wrong in the page: console errors, exceptions, violations of its policy. */
  readonly complaints: string[];
  /** How much moved without being asked to, as browsers measure it: under 0.1 is good. */
  layoutShift(): Promise<number>;
  close(): Promise<void>;
}

export async function openWatched(browser: Browser, options: BrowserContextOptions): Promise<WatchedPage> {
  const context = await browser.newContext({ locale: 'en-GB', deviceScaleFactor: 1, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(`exception: ${error.message}`));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
      // eslint-disable-next-line no-console -- the page's own console is what is watched
      console.error(`policy violated: ${violatedDirective} ${blockedURI}`);
    });
    let shift = 0;
    Object.defineProperty(window, 'measuredShift', { get: () => shift });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const { value, hadRecentInput } = entry as PerformanceEntry & {
          value: number;
          hadRecentInput: boolean;
        };
        if (!hadRecentInput) shift += value;
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
  return {
    page,
    complaints,
    layoutShift: async () =>
      page.evaluate(() => (window as unknown as { measuredShift: number }).measuredShift),
    close: async () => context.close(),
  };
}

/** Pixels of the chart in the colour of rising or of falling candles, as the style sheet has them. */
export async function candlePixels(page: Page): Promise<number> {
  return page.evaluate(() => {
    const style = getComputedStyle(document.documentElement);
    const wanted = ['--up', '--down'].map((name) => {
      const value = Number.parseInt(style.getPropertyValue(name).trim().slice(1), 16);
      return [value >> 16, (value >> 8) & 255, value & 255] as const;
    });
    let count = 0;
    for (const canvas of document.querySelectorAll<HTMLCanvasElement>('.chart-canvas canvas')) {
      if (canvas.width === 0 || canvas.height === 0) continue;
      // Read from a copy: reading back the chart’s own canvas would slow it down, and make the browser complain.
      const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', {
        willReadFrequently: true,
      })!;
      copy.drawImage(canvas, 0, 0);
      const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
      for (let i = 0; i < data.length; i += 4) {
        const isCandle = wanted.some(
          (colour) => data[i + 3] === 255 && colour.every((part, n) => Math.abs(part - data[i + n]!) <= 2),
        );
        if (isCandle) count++;
      }
    }
    return count;
  });
}
