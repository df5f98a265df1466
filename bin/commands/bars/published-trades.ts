import type { Findings } from '../../../collector/history/findings.ts';
import { surveyFile, type SurveyedFile } from '../../../collector/history/import-file.ts';
import { openPublished } from '../../../shared/adapters/files/published/published-file.ts';
import type { InstrumentId } from '../../../shared/domain/market-data/instrument.ts';
import { BadInput } from '../../command-line/bad-input.ts';
import type { EachStep } from '../../command-line/capture-steps.ts';
import type { CommandIo } from '../../command-line/command.ts';
import { badFiles, instrumentOf } from '../../command-line/published-files.ts';

interface TradeFile extends SurveyedFile {
  readonly instrumentId: InstrumentId;
}

/**
 * Looks at files of trades as venues publish them, and says what is read of them and what is not.
 * @throws BadInput for a file of which nothing can be read, or that has no single trades
 */
export async function openPublishedSteps(
  paths: readonly string[],
  asked: InstrumentId | null,
  io: CommandIo,
): Promise<EachStep> {
  const files: TradeFile[] = [];
  for (const path of new Set(paths)) {
    const surveyed = await badFiles(async () => surveyTrades(path, asked, io.signal));
    io.tell(`note: ${path}: ${findingsText(surveyed.findings)}`);
    files.push(surveyed);
  }
  files.sort((a, b) => a.range!.fromMs - b.range!.fromMs);
  return async (take) => {
    for (const { file, instrumentId, covered } of files) {
      for await (const rows of file.read()) {
        io.signal.throwIfAborted();
        for (const read of rows) {
          if (!('row' in read) || read.row.kind !== 'trade') continue;
          const { tradeId, price, quantity, isBuyerMaker, timeMs } = read.row;
          const takerSide = isBuyerMaker ? 'SELL' : 'BUY';
          take({ kind: 'trade', trade: { instrumentId, tradeId, price, quantity, takerSide, timeMs } });
        }
      }
      const watermark = { instrumentId, timeMs: covered!.toMs, nextTradeId: null };
      take({ kind: 'watermarks', watermarks: [watermark] });
    }
  };
}

async function surveyTrades(
  path: string,
  asked: InstrumentId | null,
  signal: AbortSignal,
): Promise<TradeFile> {
  const file = await openPublished(path);
  if (file.kind !== 'trades')
    throw new BadInput(`${path}: expected single trades, of which bars are made, got ${file.kind}`);
  return { instrumentId: instrumentOf(file, asked), ...(await surveyFile(file, null, signal)) };
}

const MAX_SHOWN = 12;

function findingsText({ rows, setAside, doubled, missing, truncatedDays }: Findings): string {
  const parts = [`${rows} rows`];
  const asideCount = setAside.reduce((sum, { count }) => sum + count, 0);
  if (asideCount > 0) {
    const causes = setAside.slice(0, MAX_SHOWN).map(({ count, first }) => `${count}, first ${first}`);
    parts.push(`set aside: ${causes.join('; ')}`);
  }
  if (doubled > 0) parts.push(`${doubled} ids came again`);
  if (missing.count > 0) parts.push(`${missing.count} ids are missing between others`);
  if (truncatedDays.length > 0)
    parts.push(
      `cut short: ${truncatedDays
        .slice(0, MAX_SHOWN)
        .map(({ day }) => day)
        .join(', ')}`,
    );
  return parts.join('; ');
}
