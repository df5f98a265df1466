import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The machine’s own Chromium, without a window, with a profile that goes when it is closed. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = PLACES.find((place) => existsSync(place));
  if (executablePath === undefined) {
    throw new Error(`no Chromium: expected one of ${PLACES.join(', ')} (Debian: apt-get install chromium)`);
  }
  return chromium.launch({ executablePath, headless: true, args: ['--headless=new', ...ARGUMENTS] });
}
