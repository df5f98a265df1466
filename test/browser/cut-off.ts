import type { Page } from 'playwright-core';

/**
 * What does not fit where it stands, so that some of it is hidden, or lies over its neighbour, or has to be scrolled to
 * sideways. The insides of charts are drawn,
 * not laid out, and fields of forms scroll by themselves.
 */
export async function cutOff(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const pageWidth = document.documentElement.scrollWidth;
    if (pageWidth > window.innerWidth) found.push(`the page is ${pageWidth} wide`);
    for (const element of document.querySelectorAll<HTMLElement>('body *')) {
      if (element.closest('.chart-canvas, .equity-chart, .unseen, select, input, svg') !== null) continue;
      const { clientWidth, scrollWidth } = element;
      // What is part of a line has no width of its own.
      if (clientWidth === 0 || scrollWidth <= clientWidth) continue;
      const text = element.textContent.slice(0, 60);
      found.push(`${element.localName}.${element.className}: ${scrollWidth} in ${clientWidth}: ${text}`);
    }
    return found;
  });
}
