import type { ChartOptions, DeepPartial } from 'lightweight-charts';
import type { Theme } from '../page/theme.ts';

/** What every chart of the page has in common. */
export function chartOptions({ text, faint, line, font }: Theme): DeepPartial<ChartOptions> {
  return {
    layout: {
      // The notice that the licence asks for stands at the foot of the page.
      attributionLogo: false,
      background: { color: 'transparent' },
      textColor: text,
      fontFamily: font,
      fontSize: 11,
    },
    grid: { vertLines: { color: line }, horzLines: { color: line } },
    rightPriceScale: { borderColor: line, entireTextOnly: true },
    crosshair: { vertLine: { color: faint }, horzLine: { color: faint } },
    localization: { locale: 'en-GB', dateFormat: 'yyyy-MM-dd' },
  };
}
